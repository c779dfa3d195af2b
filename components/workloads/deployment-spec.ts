import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import { asRecord } from "../../tools/values";
import type { WorkloadArgs, WorkloadVersion } from "./args";
import { lingerSeconds, withDrain } from "./drain";
import type { EnvValue } from "./env-value";
import { type Overlay, overlaid, withStoredDefaults } from "./pod-overlay";
import { readinessProbe } from "./probe";
import { fixedReplicas } from "./scaling";

type Deployment = types.input.apps.v1.DeploymentSpec;
type EnvVar = types.input.core.v1.EnvVar;

/** The container that runs the app. */
export const appContainer = "app";

/** Labels of the pods of a version: subsets select by the last one. */
export function podLabels(
  args: Pick<WorkloadArgs, "serviceName" | "versionLabel">,
  version: string,
): Record<string, string> {
  return { app: args.serviceName, version, [args.versionLabel ?? "version"]: version };
}

/** All labels of the pods of a version, with those that the workload's and the version's own `pod` lay over them. */
export function labelsOfPods(
  args: Pick<WorkloadArgs, "serviceName" | "versionLabel" | "pod">,
  version: string,
  own: Pick<WorkloadVersion, "pod"> = {},
): Record<string, string> {
  const overlays = [args.pod ?? [], own.pod ?? []].flat();
  const laid = overlays.flatMap(({ metadata }) => Object.entries(asRecord(asRecord(metadata).labels)));
  const known = laid.flatMap(([key, value]) => (typeof value === "string" ? [[key, value] as const] : []));
  return { ...podLabels(args, version), ...Object.fromEntries(known) };
}

/** What a Deployment depends on. */
export type PodArgs = Pick<
  WorkloadArgs,
  | "serviceName"
  | "image"
  | "port"
  | "targetPort"
  | "ports"
  | "versionLabel"
  | "replicas"
  | "drainSeconds"
  | "env"
  | "podAnnotations"
  | "probe"
  | "imagePullSecrets"
  | "pod"
> & { readonly secret?: EnvSecret };

/** The Secret that holds variables of a version. */
export interface EnvSecret {
  readonly name: string;
  /** Variable -> its key in the Secret. */
  readonly keys: Readonly<Record<string, string>>;
  /** Changes when the Secret does: pods read it when they start. */
  readonly version: Input<string>;
}

/** The Deployment of one version. No pod of it goes before its successor is ready. */
export function deploymentSpec(args: PodArgs, version: string, own: WorkloadVersion = {}): Deployment {
  const replicas = fixedReplicas(own.replicas ?? args.replicas ?? 1);
  const overlays = [args.pod ?? [], own.pod ?? []].flat();
  const laid = overlays.reduce<Overlay>(overlaid, plainPod(args, version, own));
  const drain = own.drainSeconds ?? args.drainSeconds;
  // Pods of whoever asks for none stay as they are, to the letter: a change would replace them all.
  const template = drain === undefined ? laid : withDrain(laid, appContainer, drain);
  return {
    ...(replicas !== undefined && { replicas }),
    // Not the version label of the lanes: a selector cannot be changed, that label can.
    selector: { matchLabels: { app: args.serviceName, version } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: withStoredDefaults(template) as types.input.core.v1.PodTemplateSpec,
  };
}

/** A pod that holds an image of anybody: what it does not have to know of lanes stays as Kubernetes has it. */
function plainPod(args: PodArgs, version: string, own: WorkloadVersion): Overlay {
  const port = args.targetPort ?? args.port;
  const probe = readinessProbe(args.probe ?? "tcp", port);
  const env = environment({ ...args.env, ...own.env }, args.secret);
  return {
    metadata: { labels: podLabels(args, version), ...annotationsOf(args) },
    spec: {
      serviceAccountName: args.serviceName,
      automountServiceAccountToken: false,
      ...(args.imagePullSecrets && { imagePullSecrets: args.imagePullSecrets.map((name) => ({ name })) }),
      containers: [
        {
          name: appContainer,
          image: own.image ?? args.image,
          imagePullPolicy: "IfNotPresent",
          ports: [{ name: "app", containerPort: port }, ...furtherPorts(args, port)],
          ...(env.length > 0 && { env }),
          ...(probe && { readinessProbe: probe }),
          lifecycle: { preStop: { sleep: { seconds: lingerSeconds } } },
        },
      ],
    },
  };
}

/** A container names each of its ports once; several ports of the Service may lead to one of them. */
function furtherPorts({ ports = [] }: PodArgs, first: number): { containerPort: number }[] {
  const seen = new Set([first]);
  return ports.flatMap(({ port, targetPort = port }) => {
    if (seen.has(targetPort)) return [];
    seen.add(targetPort);
    return [{ containerPort: targetPort }];
  });
}

function annotationsOf({ podAnnotations, secret }: PodArgs): { annotations?: Record<string, Input<string>> } {
  const annotations = { ...podAnnotations, ...(secret && { "mesh-lanes/secrets": secret.version }) };
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}

function environment(values: Readonly<Record<string, EnvValue>>, secret: EnvSecret | undefined): EnvVar[] {
  const plain = Object.entries(values)
    // A variable that is named twice would have its last value, and the first one would lie open.
    .filter(([name]) => secret?.keys[name] === undefined)
    .map(([name, value]) => (isReference(value) ? { name, valueFrom: value } : { name, value }));
  const secrets = Object.entries(secret?.keys ?? {}).map(([name, key]) => ({
    name,
    valueFrom: { secretKeyRef: { name: secret?.name, key } },
  }));
  return [...plain, ...secrets];
}

function isReference(value: EnvValue): value is Exclude<EnvValue, Input<string>> {
  // An output of Pulumi has neither, whatever it holds. Asking Pulumi would load it, which `lanes diff` has no other use for.
  return typeof value === "object" && ("secretKeyRef" in value || "configMapKeyRef" in value);
}
