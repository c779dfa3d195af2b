import { Agent, request } from "node:https";
import { z } from "zod";

/** A Kubernetes object as plain data. */
export type Manifest = Record<string, unknown>;

const configSchema = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), "certificate-authority-data": z.string() }) }),
  ]),
  users: z.tuple([
    z.object({ user: z.object({ "client-certificate-data": z.string(), "client-key-data": z.string() }) }),
  ]),
});
const manifestSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ namespace: z.string().optional() }),
});

/**
 * Asks an API server itself whether it would take an object: kubectl judges some objects by schemas of its own, before any
 * server sees them.
 */
export class DryRun {
  private readonly agent: Agent;
  private readonly server: string;

  /** @param config what `kubectl config view --raw --minify --output json` prints. */
  public constructor(config: string) {
    const { clusters, users } = configSchema.parse(JSON.parse(config));
    const decode = (text: string) => Buffer.from(text, "base64");
    this.server = clusters[0].cluster.server;
    this.agent = new Agent({
      ca: decode(clusters[0].cluster["certificate-authority-data"]),
      cert: decode(users[0].user["client-certificate-data"]),
      key: decode(users[0].user["client-key-data"]),
      keepAlive: true,
    });
  }

  /**
   * Creates the object without keeping it, with strict field validation and all admission webhooks.
   * @throws Error with the server's message when it is refused.
   */
  public async create(manifest: Manifest): Promise<void> {
    const { apiVersion, kind, metadata } = manifestSchema.parse(manifest);
    const scope = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
    // True of every kind here.
    const plural = `${kind.toLowerCase()}s`;
    const path = `/apis/${apiVersion}${scope}/${plural}?dryRun=All&fieldValidation=Strict`;
    const { status, body } = await this.post(path, JSON.stringify(manifest));
    if (status !== 201) throw new Error(`${kind} was answered ${status}: ${body}`);
  }

  public close(): void {
    this.agent.destroy();
  }

  private post(path: string, body: string): Promise<{ status: number | undefined; body: string }> {
    const { agent, server } = this;
    const headers = { "content-type": "application/json" };
    return new Promise((done, fail) => {
      const call = request(`${server}${path}`, { method: "POST", agent, headers, timeout: 30_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => done({ status: response.statusCode, body: Buffer.concat(chunks).toString() }));
      });
      call.on("timeout", () => call.destroy(new Error(`no answer to ${path}`)));
      call.on("error", fail);
      call.end(body);
    });
  }
}
