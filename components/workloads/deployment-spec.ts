import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { WorkloadArgs } from "./workload";

type Deployment = types.input.apps.v1.DeploymentSpec;
type EnvVar = types.input.core.v1.EnvVar;

/** Seconds a pod goes on serving after it is told to stop, so that a proxy that has not heard of it yet fails nothing. */
const lingerSeconds = 5;
/** The linger, 20 seconds that an app gives its open sockets, and a margin. */
const terminationGraceSeconds = 30;

/** The container that runs the app. */
export const appContainer = "app";

/** Labels of the pods of a version: subsets select by the last one. */
export function podLabels(
  args: Pick<WorkloadArgs, "serviceName" | "versionLabel">,
  version: string,
): Record<string, string> {
  return { app: args.serviceName, version, [args.versionLabel]: version };
}

/** What a Deployment depends on. */
export type PodArgs = Pick<
  WorkloadArgs,
  "serviceName" | "image" | "port" | "targetPort" | "calls" | "versionLabel" | "replicas" | "env" | "podAnnotations"
> & {
  /** The Secret that holds variables, their names, and what changes when it does: pods read it when they start. */
  readonly secret?: { readonly name: string; readonly variables: readonly string[]; readonly version: Input<string> };
};

/** The Deployment of one version. No pod of it goes before its successor is ready. */
export function deploymentSpec(args: PodArgs, version: string): Deployment {
  const port = args.targetPort ?? args.port;
  const replicas = args.replicas[version] ?? 1;
  return {
    ...(replicas !== "auto" && { replicas }),
    // Not the version label of the lanes: a selector cannot be changed, that label can.
    selector: { matchLabels: { app: args.serviceName, version } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: {
      metadata: {
        labels: podLabels(args, version),
        ...annotationsOf(args),
      },
      spec: {
        serviceAccountName: args.serviceName,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: terminationGraceSeconds,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          runAsGroup: 1000,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: appContainer,
            image: args.image,
            imagePullPolicy: "IfNotPresent",
            ports: [{ name: "app", containerPort: port }],
            env: environment(args, version, port),
            readinessProbe: { httpGet: { path: "/readyz", port }, periodSeconds: 2, failureThreshold: 3 },
            livenessProbe: {
              httpGet: { path: "/healthz", port },
              initialDelaySeconds: 10,
              periodSeconds: 10,
              failureThreshold: 3,
            },
            lifecycle: { preStop: { exec: { command: ["/bin/sleep", String(lingerSeconds)] } } },
            resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "192Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
  };
}

function annotationsOf({ podAnnotations, secret }: PodArgs): { annotations?: Record<string, Input<string>> } {
  if (!podAnnotations && !secret) return {};
  return { annotations: { ...podAnnotations, ...(secret && { "mesh-lanes/secrets": secret.version }) } };
}

/** Who the app is and whom it calls. */
function environment(args: PodArgs, version: string, port: number): EnvVar[] {
  const values: Record<string, string> = {
    SERVICE_NAME: args.serviceName,
    VERSION: version,
    PORT: String(port),
    ...(args.calls === undefined ? {} : { UPSTREAM_URL: args.calls }),
    ...args.env,
  };
  // A variable that is named twice would have its last value, and the first one would lie open.
  for (const variable of args.secret?.variables ?? []) delete values[variable];
  return [
    ...Object.entries(values).map(([name, value]) => ({ name, value })),
    ...(args.secret?.variables ?? []).map((name) => ({
      name,
      valueFrom: { secretKeyRef: { name: args.secret?.name, key: name } },
    })),
    { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
  ];
}
