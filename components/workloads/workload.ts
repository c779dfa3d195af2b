import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2";
import { Secret, Service, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../tools/user-error";
import { after, type ChildOptions, childOptions } from "../child-options";
import { deploymentName, versionedName } from "../names";
import { appContainer, deploymentSpec, type EnvSecret, type EnvValue, podLabels } from "./deployment-spec";
import type { Overlay } from "./pod-overlay";
import type { Probe } from "./probe";
import { imageProblems, workloadProblems } from "./problems";
import { autoscalerSpec, type Replicas } from "./scaling";
import { versionsOf } from "./versions";

/** What one version has of its own; the rest is as in all versions. */
export interface WorkloadVersion {
  /** Image of the version's app container. @default that of the workload */
  readonly image?: pulumi.Input<string>;
  /** Pods of the version. @default those of the workload */
  readonly replicas?: Replicas;
  /** More environment variables; they win over those of all versions. @default none */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /** The same, kept in a Secret. @default none */
  readonly secretEnv?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Laid over the pod of all versions. @default nothing */
  readonly pod?: Overlay;
}

/** A port of a Service beside the first. */
export interface WorkloadPort {
  /** Port of the Service. */
  readonly port: number;
  /** Its name, which tells Istio the protocol, e.g. `grpc` or `tcp-thrift`. */
  readonly name: string;
  /** Port of the container. @default the Service's port */
  readonly targetPort?: number;
}

export interface WorkloadArgs {
  /** Name of the Service, its account and the pods' label `app`. */
  readonly serviceName: string;
  /** Namespace of all that is made. */
  readonly namespace: string;
  /** Image of the versions that name none of their own. @default none: each version names its own */
  readonly image?: pulumi.Input<string>;
  /** Port of the Service. */
  readonly port: number;
  /** Its name, which tells Istio the protocol, e.g. `http` or `http-ws`. @default "http" */
  readonly portName?: string;
  /**
   * Port of the container.
   * @default the Service's port
   */
  readonly targetPort?: number;
  /**
   * Further ports of the Service; their names tell Istio the protocol.
   * @example [{ port: 9090, name: "grpc" }]
   * @default none
   */
  readonly ports?: readonly WorkloadPort[];
  /**
   * Names of the versions, or version -> what it has of its own.
   * @example { v1: { image: "registry.example.com/cart:1.4.2" }, v2: { image: "registry.example.com/cart:1.5.0" } }
   */
  readonly versions: readonly string[] | Readonly<Record<string, WorkloadVersion>>;
  /**
   * Label of the pods that holds the version, beside `version`.
   * @example "ASM_TRAFFIC_TAG"
   * @default "version": no other label
   */
  readonly versionLabel?: string;
  /** Pods of each version that says nothing else. @default 1 */
  readonly replicas?: Replicas;
  /** Pods of a version that a drain of nodes leaves running: a PodDisruptionBudget each. @default no budget */
  readonly minAvailable?: number;
  /**
   * Whether kube-proxy sends a client's connections to one pod. Clients in the mesh are balanced by their own proxy, which
   * does not look at this.
   * @default "None"
   */
  readonly sessionAffinity?: "None" | "ClientIP";
  /** Environment variables of the container. @default none */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /**
   * More of them, kept in a Secret: their values are in no spec of a pod, and nowhere in clear in the state.
   * @default none
   */
  readonly secretEnv?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Annotations of the pods, such as those that ask for instrumentation. @default none */
  readonly podAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** When a pod is ready. @default "tcp": when its port takes connections */
  readonly probe?: Probe;
  /** Secrets of the namespace with which images are pulled. @default none */
  readonly imagePullSecrets?: readonly pulumi.Input<string>[];
  /** Annotations of the service account, such as the cloud role that it stands for. @default none */
  readonly accountAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * What the pods have besides, in the fields of Kubernetes' `PodTemplateSpec`, laid over what is made here, several in their
   * order: see `overlaid`. The app's container is called `app`.
   * @example { spec: { containers: [{ name: "app", resources: { limits: { memory: "1Gi" } } }] } }
   * @default nothing
   */
  readonly pod?: Overlay | readonly Overlay[];
}

/**
 * One service and its versions: a Service over all of them, and a Deployment for each.
 *
 * A pod runs its image as the image says: its user, its file system, no limits, no environment variables. It is ready when
 * its port takes connections, and goes on for 5 seconds when it is told to stop, which needs Kubernetes 1.30. `probe` and `pod`
 * change that.
 *
 * It must come after the namespace's label and the mesh (a pod made before them has no sidecar), and after its images:
 * `opts.dependsOn`.
 *
 * @throws UserError with everything in the arguments that would break a lane or the workload.
 */
export class Workload extends pulumi.ComponentResource {
  /** All versions are ready. Routes to them depend on this. */
  public readonly deployments: readonly Deployment[];
  /** Name of the Service. */
  public readonly serviceName: pulumi.Output<string>;

  public constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:Workload", name, {}, opts);
    const problems = [...imageProblems(name, args), ...workloadProblems(name, args)];
    if (problems.length > 0) throw new UserError(`Workload ${name} cannot be made.`, problems);
    const child = childOptions(this, name, "kubernetes", opts);
    const metadata = {
      name: args.serviceName,
      namespace: args.namespace,
      labels: { app: args.serviceName },
    };
    const annotations = args.accountAnnotations;
    const account = new ServiceAccount(
      `${name}-account`,
      { metadata: { ...metadata, ...(annotations && { annotations }) }, automountServiceAccountToken: false },
      child,
    );
    const secret = this.secret(`${name}-env`, args, child);
    const service = new Service(
      `${name}-service`,
      {
        // Pulumi would wait for endpoints, which the Deployments below bring and are waited for themselves.
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          selector: { app: args.serviceName },
          ports: [
            { name: args.portName ?? "http", port: args.port, targetPort: args.targetPort ?? args.port },
            ...(args.ports ?? []).map(({ name, port, targetPort = port }) => ({ name, port, targetPort })),
          ],
          ...(args.sessionAffinity && { sessionAffinity: args.sessionAffinity }),
        },
      },
      child,
    );
    this.deployments = versionsOf(args).map(([version, own]) => {
      const { name: resourceName, aliases } = versionedName(name, version);
      const labels = podLabels(args, version);
      const object = { ...metadata, name: deploymentName(args.serviceName, version), labels };
      const envSecret = secret?.(version);
      const deployment = new Deployment(
        resourceName,
        {
          metadata: object,
          spec: deploymentSpec({ ...args, ...(envSecret && { secret: envSecret }) }, version, own),
        },
        { ...after(child, [account]), customTimeouts: { create: "5m", update: "5m" }, aliases },
      );
      const replicas = own.replicas ?? args.replicas;
      if (typeof replicas === "object") {
        const spec = autoscalerSpec(object.name, appContainer, replicas);
        new HorizontalPodAutoscaler(
          `${resourceName}-autoscaler`,
          { metadata: object, spec },
          after(child, [deployment]),
        );
      }
      if (args.minAvailable !== undefined) {
        const spec = { minAvailable: args.minAvailable, selector: { matchLabels: { app: args.serviceName, version } } };
        new PodDisruptionBudget(`${resourceName}-budget`, { metadata: object, spec }, child);
      }
      return deployment;
    });

    this.serviceName = service.metadata.name;
    this.registerOutputs({ serviceName: this.serviceName });
  }

  /** @returns for a version, what its pods read of the Secret. */
  private secret(
    resource: string,
    args: WorkloadArgs,
    child: ChildOptions,
  ): ((version: string) => EnvSecret | undefined) | undefined {
    const { serviceName, namespace } = args;
    const data: Record<string, pulumi.Input<string>> = { ...args.secretEnv };
    const keysOf = new Map(
      versionsOf(args).map(([version, own]) => {
        const keys: Record<string, string> = {};
        // A text of the version's own wins over a secret of all versions.
        for (const variable of Object.keys(args.secretEnv ?? {}))
          if (own.env?.[variable] === undefined) keys[variable] = variable;
        for (const [variable, value] of Object.entries(own.secretEnv ?? {})) {
          keys[variable] = `${version}.${variable}`;
          data[`${version}.${variable}`] = value;
        }
        return [version, keys];
      }),
    );
    if (Object.keys(data).length === 0) return undefined;
    const name = `${serviceName}-env`;
    const stringData = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, pulumi.secret(value)]));
    const metadata = { name, namespace, labels: { app: serviceName } };
    const made = new Secret(resource, { metadata, stringData }, child);
    // Not a hash of the values, which would tell a weak password. What the API server calls the state of an object is no secret.
    const changes = pulumi.unsecret(made.metadata.resourceVersion);
    return (version) => {
      const keys = keysOf.get(version) ?? {};
      return Object.keys(keys).length === 0 ? undefined : { name, keys, version: changes };
    };
  }
}
