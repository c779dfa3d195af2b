import { appContainer } from "./deployment-spec";
import { lingerSeconds } from "./drain";
import type { EnvValue } from "./env-value";
import type { Overlay } from "./pod-overlay";
import type { Probe } from "./probe";

/*
 * How the apps of this project (apps/) run: who they are is in their environment, they answer probes, and their image holds
 * a shell and needs no privilege.
 */

/** The linger, 20 seconds that an app gives its open sockets, and a margin. */
const terminationGraceSeconds = 30;

/** What an app speaks on its first port. Only the mock knows gRPC, on a further port too. */
export type DemoProtocol = "http" | "grpc";

export const demoProbe: Probe = { http: "/readyz" };

/** Environment variables of a version that do not depend on where the pod runs. */
export function demoEnv(app: {
  readonly name: string;
  readonly version: string;
  readonly port: number;
  /** URL that it calls for each request; none ends the chain. */
  readonly calls?: string;
  /** @default "http" */
  readonly protocol?: DemoProtocol;
  /** Port on which the mock speaks gRPC beside HTTP. @default none */
  readonly grpcPort?: number;
}): Record<string, EnvValue> {
  return {
    SERVICE_NAME: app.name,
    VERSION: app.version,
    PORT: String(app.port),
    ...(app.calls === undefined ? {} : { UPSTREAM_URL: app.calls }),
    ...(app.protocol === "grpc" && { PROTOCOL: app.protocol }),
    ...(app.grpcPort !== undefined && { GRPC_PORT: String(app.grpcPort) }),
  };
}

/** What lies over a plain pod. @param port of the container. */
export function demoPod(port: number, protocol: DemoProtocol = "http"): Overlay {
  return {
    spec: {
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
          env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
          livenessProbe: {
            ...(protocol === "grpc" ? { grpc: { port } } : { httpGet: { path: "/healthz", port } }),
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
  };
}
