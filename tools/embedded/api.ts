import { join } from "node:path";
import { z } from "zod";
import { type HttpAnswer, HttpClient } from "../http/client";
import { poll } from "../poll";
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
  private readonly client: HttpClient;

  public constructor(private readonly config: NodeConfig) {
    const pki = nodePaths(config).pki;
    const admin = readKeyPair(pki, "admin");
    const tls = { ca: readIfPresent(join(pki, "ca.crt")), cert: admin?.certificate, key: admin?.key };
    this.client = new HttpClient(apiUrl(config), { timeoutMs: 5000, tls });
  }

  /** True when the API server is up and has done all it does at its start. */
  public async isReady(): Promise<boolean> {
    return (await this.client.send("/readyz")).status === 200;
  }

  /**
   * True when the kubelet says that the node is Ready, and said so after that time: what it said before it was stopped
   * is still there.
   * @param since milliseconds since 1970.
   */
  public async nodeIsReady(since: number): Promise<boolean> {
    const answer = await this.client.send(`/api/v1/nodes/${this.config.name}`);
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
    const answer = await this.client.send("/api/v1/pods");
    return answer.status === 200 ? podsNotBack(answer.body, since) : [];
  }

  /** Server-side apply: makes the object or brings it to this state. */
  public async apply(path: string, object: object): Promise<void> {
    const request = {
      method: "PATCH",
      headers: { "content-type": "application/apply-patch+yaml" },
      body: JSON.stringify(object),
    } as const;
    let answer: HttpAnswer | undefined;
    const send = async (): Promise<boolean> => {
      answer = await this.client.send(`${path}?fieldManager=mesh-lanes-node&force=true`, request);
      return answer.status >= 200 && answer.status < 300;
    };
    // A server that is just ready may not have made the namespace yet.
    if (await poll(send, { withinMs: 10_000, everyMs: 200 })) return;
    throw new Error(`apply of ${path} was answered ${answer?.status}: ${answer?.body}`);
  }

  public close(): void {
    this.client.close();
  }
}
