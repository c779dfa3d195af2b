import { setTimeout } from "node:timers/promises";
import { waitFor } from "../../../tools/poll";
import type { ScenarioStack } from "./stack";

/** Namespace of S5. */
const namespace = "websockets";

/** S5's servers: with which protocol a sidecar carries a WebSocket, and by which policy. */
export const variants = [
  { service: "websockets-server", host: "websockets.example.com", protocol: "HTTP/2", policy: "UPGRADE" },
  {
    service: "websockets-server-http1",
    host: "websockets-http1.example.com",
    protocol: "HTTP/1.1",
    policy: "DO_NOT_UPGRADE",
  },
] as const;

type LogLine = Readonly<Record<string, unknown>>;

/** Access log lines of a Deployment's sidecar for a path; each test has paths of its own. */
export async function accessLog(stack: ScenarioStack, deployment: string, path: string): Promise<LogLine[]> {
  const text = await stack.kubectl(
    ...["logs", `deployment/${deployment}`, "--namespace", namespace, "--container=istio-proxy", "--tail=-1"],
  );
  const lines = text.split("\n").filter((line) => line.startsWith("{") && line.includes(path));
  return lines.map((line) => JSON.parse(line)).filter((entry) => entry.path === path);
}

/** The lines once there is one, and some time has passed in which a second one would have come. */
export async function closedLog(stack: ScenarioStack, deployment: string, path: string): Promise<LogLine[]> {
  const written = async () => (await accessLog(stack, deployment, path)).length > 0;
  await waitFor(`an access log line of ${deployment} for ${path}`, written, { withinMs: 30_000, everyMs: 1000 });
  // Envoy writes its log every 10 seconds at the latest.
  await setTimeout(10_500);
  return accessLog(stack, deployment, path);
}

export const words = (entry: LogLine) => ({ protocol: entry.protocol, status: entry.response_code });

/** What S5's client in the mesh prints for two texts that it sends to a server. */
export function echoInMesh(stack: ScenarioStack, url: string): Promise<string> {
  return stack.kubectl(
    ...["exec", "deployment/websockets-client-v1", "--namespace", namespace, "--container=app", "--"],
    ...["/usr/local/bin/node", "/app/main.js", "connect", url, "hello", "world"],
  );
}

export function echoed(url: string): string[] {
  return [`Connected to ${url}.`, "> hello", "< hello", "> world", "< world", "Connection closed: 1000 (OK)."];
}
