import type { types } from "@pulumi/kubernetes";

/**
 * How Kubernetes asks whether a pod can take requests: a GET that answers 200 to 399, gRPC's health service, a port that
 * takes connections, or nothing, so that a pod is ready as soon as it runs.
 */
export type Probe =
  | {
      /** Path of the GET. */
      readonly http: string;
    }
  | "grpc"
  | "tcp"
  | "none";

/** @param port of the container. */
export function readinessProbe(probe: Probe, port: number): types.input.core.v1.Probe | undefined {
  const often = { periodSeconds: 2, failureThreshold: 3 };
  switch (probe) {
    case "none":
      return undefined;
    case "tcp":
      return { tcpSocket: { port }, ...often };
    case "grpc":
      return { grpc: { port }, ...often };
    default:
      return { httpGet: { path: probe.http, port }, ...often };
  }
}
