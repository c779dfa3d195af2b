import { Agent, request } from "node:https";
import { join } from "node:path";
import { z } from "zod";
import { apiUrl } from "./components";
import type { NodeConfig } from "./config";
import { nodePaths } from "./config";
import { readIfPresent } from "./files";
import { readKeyPair } from "./pki";
import { podsNotBack } from "./pods";

const node = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string(), lastHeartbeatTime: z.string() })).optional(),
  }),
});

/** The few calls that the node itself makes to its API server, as its administrator. */
export class NodeApi {
  private readonly agent: Agent;

  public constructor(private readonly config: NodeConfig) {
    const pki = nodePaths(config).pki;
    const admin = readKeyPair(pki, "admin");
    this.agent = new Agent({
      ca: readIfPresent(join(pki, "ca.crt")),
      cert: admin?.certificate,
      key: admin?.key,
      keepAlive: true,
    });
  }

  /** True when the API server is up and has done all it does at its start. */
  public async isReady(): Promise<boolean> {
    return (await this.call("GET", "/readyz")).status === 200;
  }

  /**
   * True when the kubelet says that the node is Ready, and said so after that time: what it said before it was stopped
   * is still there.
   * @param since milliseconds since 1970.
   */
  public async nodeIsReady(since: number): Promise<boolean> {
    const answer = await this.call("GET", `/api/v1/nodes/${this.config.name}`);
    if (answer.status !== 200) return false;
    const conditions = node.parse(JSON.parse(answer.body)).status.conditions ?? [];
    return conditions.some(
      ({ type, status, lastHeartbeatTime }) =>
        // Heartbeats are in whole seconds.
        type === "Ready" && status === "True" && Date.parse(lastHeartbeatTime) > since - 1000,
    );
  }

  /** `namespace/name` of the pods that are not back since that time; see `podsNotBack`. */
  public async podsNotBack(since: number): Promise<string[]> {
    const answer = await this.call("GET", "/api/v1/pods");
    return answer.status === 200 ? podsNotBack(answer.body, since) : [];
  }

  /** Server-side apply: makes the object or brings it to this state. */
  public async apply(path: string, object: object): Promise<void> {
    const address = `${path}?fieldManager=mesh-lanes-node&force=true`;
    let answer = await this.call("PATCH", address, JSON.stringify(object));
    // A server that is just ready may not have made the namespace yet.
    for (let attempt = 0; attempt < 50 && answer.status >= 300; attempt += 1) {
      await new Promise((done) => setTimeout(done, 200));
      answer = await this.call("PATCH", address, JSON.stringify(object));
    }
    if (answer.status >= 300) throw new Error(`apply of ${path} was answered ${answer.status}: ${answer.body}`);
  }

  public close(): void {
    this.agent.destroy();
  }

  private call(method: string, path: string, body?: string): Promise<{ status: number; body: string }> {
    return new Promise((done) => {
      const call = request(
        `${apiUrl(this.config)}${path}`,
        { method, agent: this.agent, timeout: 5000, headers: { "content-type": "application/apply-patch+yaml" } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
          );
          response.on("error", (error) => done({ status: 599, body: error.message }));
        },
      );
      // A server that is not there yet is an answer, not an error: whoever asks will ask again.
      call.on("error", (error) => done({ status: 599, body: error.message }));
      call.on("timeout", () => call.destroy(new Error("no answer in 5 s")));
      call.end(body);
    });
  }
}
