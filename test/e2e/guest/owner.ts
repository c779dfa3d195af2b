import { injectorKind, olderLabel, revisionLabel, tagLabel } from "../../../components/lanes/revisions";
import { LabCluster, type LabObject } from "../../../conformance/lab/cluster";
import { labNamespace, labPods, labService, podPort } from "../../../conformance/lab/pods";
import { appImage } from "../../../tools/images/app-image";
import { workPaths } from "../../../tools/paths";

/** By this tag the cluster's owner has namespaces injected, so that nobody has to name a revision. */
export const tag = "stable";
const tagWebhook = `istio-revision-tag-${tag}`;
const injectionLabels = [revisionLabel, olderLabel];
/** A namespace of the owner's. */
export const ownersNamespace = "guest-owner";
/** A service of the owner's in two versions, each run by a StatefulSet. */
export const ownersService = "strictb";

interface Webhook {
  readonly name: string;
  readonly namespaceSelector?: Selector;
  readonly objectSelector?: Selector;
}
interface Selector {
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: string[];
  }[];
}

/** Whoever runs the cluster and its mesh, and has nothing to do with this project. */
export class MeshOwner {
  private readonly cluster = new LabCluster({ kubeconfig: workPaths.kubeconfig }, "owner");

  /** A tag for the control plane that there is, as `istioctl tag set` makes one of its webhook. */
  public async setTag(): Promise<void> {
    const injector = JSON.parse(
      await this.cluster.kubectl(["get", injectorKind, "istio-sidecar-injector", "--output=json"]),
    );
    const webhooks: readonly Webhook[] = injector.webhooks;
    const { labels } = injector.metadata;
    const tagged = {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      metadata: {
        name: tagWebhook,
        labels: { app: labels.app, [revisionLabel]: labels[revisionLabel], [tagLabel]: tag },
      },
      // The other ones are of namespaces that say `istio-injection`.
      webhooks: webhooks.filter(({ name }) => name.startsWith("rev.")).map(ofTag),
    };
    await this.cluster.apply([tagged]);
  }

  /** The service: its namespace is injected by the tag. */
  public async runService(): Promise<void> {
    const pods = labPods({
      namespace: ownersNamespace,
      name: ownersService,
      image: appImage("mock").ref,
      versions: ["v1", "v2"],
      forwardHeaders: [],
      echoHeaders: [],
    });
    const service = labService({
      name: ownersService,
      namespace: ownersNamespace,
      port: podPort,
      pods: ownersService,
    });
    await this.cluster.apply([labNamespace(ownersNamespace, { [revisionLabel]: tag }), service, ...pods.map(inSet)]);
    await this.ready();
  }

  /** Sets the number of pods of a version, and waits until they are ready or gone. */
  public async scale(version: string, replicas: number): Promise<void> {
    const set = [`statefulset/${ownersService}-${version}`, `--namespace=${ownersNamespace}`];
    await this.cluster.kubectl(["scale", ...set, `--replicas=${replicas}`]);
    if (replicas > 0) return this.ready();
    const pods = ["pods", `--namespace=${ownersNamespace}`, `--selector=version=${version}`];
    await this.cluster.kubectl(["wait", ...pods, "--for=delete", "--timeout=60s"]);
  }

  /** Every pod of the namespace is ready. */
  public async ready(): Promise<void> {
    for (const version of ["v1", "v2"]) {
      const set = [`statefulset/${ownersService}-${version}`, `--namespace=${ownersNamespace}`];
      await this.cluster.kubectl(["rollout", "status", ...set, "--timeout=120s"]);
    }
  }

  /** Everything of the namespace but what time changes: its labels, kinds, names and specs. */
  public async has(): Promise<unknown> {
    const kinds = "statefulsets,services,serviceaccounts,virtualservices,destinationrules,networkpolicies";
    const inNamespace = `--namespace=${ownersNamespace}`;
    const { items } = JSON.parse(await this.cluster.kubectl(["get", kinds, inNamespace, "--output=json"]));
    const namespace = JSON.parse(await this.cluster.kubectl(["get", "namespace", ownersNamespace, "--output=json"]));
    const objects: { kind: string; metadata: { name: string }; spec?: unknown }[] = items;
    return [
      namespace.metadata.labels,
      ...objects.map(({ kind, metadata, spec }) => ({ kind, name: metadata.name, spec })),
    ];
  }

  /** Labels of a namespace that tell by what its pods get sidecars, and the revisions that its pods got them from. */
  public async injection(namespace: string): Promise<{ labels: Record<string, string>; revisions: string[] }> {
    const get = async (...args: string[]) => JSON.parse(await this.cluster.kubectl(["get", ...args, "--output=json"]));
    const { items } = await get("pods", "--namespace", namespace);
    const pods: { metadata: { annotations?: Record<string, string> } }[] = items;
    const { labels } = (await get("namespace", namespace)).metadata;
    return {
      labels: Object.fromEntries(injectionLabels.flatMap((key) => (key in labels ? [[key, labels[key]]] : []))),
      revisions: [...new Set(pods.map(({ metadata }) => metadata.annotations?.[revisionLabel] ?? "no sidecar"))],
    };
  }

  /** Takes away the tag and the namespace. */
  public async leave(): Promise<void> {
    await this.cluster.clean([]);
    await this.cluster.kubectl(["delete", injectorKind, tagWebhook]);
  }
}

/** A webhook of a revision, for namespaces and pods that name the tag in its place. */
function ofTag(webhook: Webhook): Webhook {
  return {
    ...webhook,
    ...(webhook.namespaceSelector && { namespaceSelector: selectsTag(webhook.namespaceSelector) }),
    ...(webhook.objectSelector && { objectSelector: selectsTag(webhook.objectSelector) }),
  };
}

function selectsTag({ matchExpressions = [], ...selector }: Selector): Selector {
  return {
    ...selector,
    matchExpressions: matchExpressions.map((each) =>
      each.key === revisionLabel && each.operator === "In" ? { ...each, values: [tag] } : each,
    ),
  };
}

/** A Deployment as a StatefulSet, other objects as they are. */
function inSet(object: LabObject): LabObject {
  if (object.kind !== "Deployment") return object;
  const { strategy: _strategy, ...spec } = object.spec as Record<string, unknown>;
  return { ...object, kind: "StatefulSet", spec: { ...spec, serviceName: ownersService } } as LabObject;
}
