import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { KeyPair } from "../../tools/embedded/pki";
import { Account, type Handler, type Parameters, Refusal } from "./account";
import { containerServiceApi, routed } from "./container-service";
import { kmsApi, ramApi } from "./identity";
import { ecsApi, slbApi, vpcApi } from "./network";
import { serviceMeshApi } from "./service-mesh";

/** An API of the RPC style: its version tells it, as the provider's calls have it. */
const products: readonly { readonly code: string; readonly version: string; readonly api: Record<string, Handler> }[] =
  [
    { code: "vpc", version: "2016-04-28", api: vpcApi },
    { code: "ecs", version: "2014-05-26", api: ecsApi },
    { code: "slb", version: "2014-05-15", api: slbApi },
    { code: "ram", version: "2015-05-01", api: ramApi },
    { code: "kms", version: "2016-01-20", api: kmsApi },
    { code: "servicemesh", version: "2020-01-11", api: serviceMeshApi },
  ];

/** Every action that the stand-in knows, as RAM names it. */
export const knownActions: readonly string[] = [
  ...products.flatMap(({ code, api }) => Object.keys(api).map((name) => `${code}:${name}`)),
  ...Object.keys(containerServiceApi).map((name) => `cs:${name}`),
];

interface Request {
  readonly action: string;
  readonly handler: Handler;
  readonly parameters: Parameters;
}

/** Alibaba Cloud's APIs on loopback, over one account. */
export class StandInCloud {
  private requests = 0;

  private constructor(
    public readonly account: Account,
    private readonly server: Server,
    private readonly scheme: "http" | "https",
  ) {}

  /** @param tls certificate for 127.0.0.1: the provider speaks nothing but HTTPS. Without one it is HTTP. */
  public static async start(account = new Account(), tls?: KeyPair): Promise<StandInCloud> {
    const server = tls ? createSecureServer({ cert: tls.certificate, key: tls.key }) : createServer();
    const cloud = new StandInCloud(account, server, tls ? "https" : "http");
    server.on("request", (request, response) => {
      void cloud.answer(request).then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    return cloud;
  }

  public get url(): string {
    return `${this.scheme}://${this.address}`;
  }

  /** By which provider and tools find it. */
  public get environment(): Record<string, string> {
    // The provider takes host and port alone, and puts HTTPS before it; so do this project's tools.
    const place = this.scheme === "https" ? this.address : this.url;
    const endpoint = (product: string) => [`ALIBABA_CLOUD_ENDPOINT_${product}`, place];
    return Object.fromEntries(["VPC", "ECS", "SLB", "RAM", "KMS", "SERVICEMESH", "CS"].map(endpoint));
  }

  private get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private async answer(incoming: IncomingMessage): Promise<{ status: number; body: object }> {
    this.requests += 1;
    const requestId = `R-${this.requests}`;
    const text = await bodyOf(incoming);
    let request: Request | undefined;
    try {
      signed(incoming);
      const { keys } = this.account;
      // error page of each API: the code is the same in all of them
      if (keys && !keys.has(keyOf(incoming, text))) throw new Refusal("InvalidAccessKeyId.NotFound", 404);
      request = requestOf(incoming, text);
      this.account.admit(request.action, request.parameters);
      const answer = request.handler(this.account, request.parameters);
      this.note(request);
      // ACK's own answers are in small letters.
      const id = request.action.startsWith("cs:") ? { request_id: requestId } : { RequestId: requestId };
      return { status: 200, body: Array.isArray(answer) ? answer : { ...answer, ...id } };
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal("InternalError", 500, String(error));
      // An unknown call is noted under its own name or path: the provider gets over some refusals without a word.
      this.note(request ?? { action: refusal.message, parameters: {} }, refusal.code);
      const { code, message, status } = refusal;
      const own = request?.action.startsWith("cs:") ? { code, message } : { Code: code, Message: message };
      return { status, body: { ...own, RequestId: requestId } };
    }
  }

  private note({ action, parameters }: Pick<Request, "action" | "parameters">, refused?: string): void {
    this.account.calls.push({ action, parameters, ...(refused !== undefined && { refused }) });
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Each call is signed, by a header or, in the older RPC style, by a parameter. */
function signed({ headers, url = "" }: IncomingMessage): void {
  if (headers.authorization === undefined && !/[?&]Signature=/.test(url)) throw new Refusal("IncompleteSignature", 400);
}

/** Id of the access key: in the header, of either style, or a parameter of the older RPC style. */
function keyOf({ headers, url = "" }: IncomingMessage, text: string): string {
  const [, id] = /(?:Credential=|^acs )([^,:]+)/.exec(headers.authorization ?? "") ?? [];
  return id ?? /[?&]AccessKeyId=([^&]+)/.exec(`${url}&${text}`)?.[1] ?? "";
}

function requestOf({ method = "", url = "/", headers }: IncomingMessage, text: string): Request {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const isJson = /json/.test(headers["content-type"] ?? "");
  const body: unknown = isJson && text !== "" ? JSON.parse(text) : {};
  const sent = {
    ...Object.fromEntries(searchParams),
    ...(isJson ? (Array.isArray(body) ? { body } : (body as object)) : Object.fromEntries(new URLSearchParams(text))),
  };
  const parameters = nested(sent);
  const route = routed(method, pathname);
  if (route) {
    const { call, parameters: parametersOfPath } = route;
    return {
      action: `cs:${call}`,
      handler: handlerOf(containerServiceApi, call, `cs:${call}`),
      parameters: { ...sent, ...parametersOfPath },
    };
  }
  const asked = (name: string) => String(headers[`x-acs-${name.toLowerCase()}`] ?? (sent as Parameters)[name] ?? "");
  const product = products.find(({ version }) => version === asked("Version"));
  if (!product || pathname !== "/") throw new Refusal("InvalidAction.NotFound", 404, `${method} ${pathname}`);
  const name = asked("Action");
  const action = `${product.code}:${name}`;
  return { action, handler: handlerOf(product.api, name, action), parameters };
}

/** The RPC style writes a list as `Permissions.1.IpProtocol`: here it is a list of objects under its name. */
function nested(sent: Readonly<Record<string, unknown>>): Parameters {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(sent)) {
    const [, list, index, field] = /^(\w+)\.(\d+)\.(\w+)$/.exec(key) ?? [];
    if (list === undefined || field === undefined) {
      result[key] = value;
      continue;
    }
    const items = (result[list] ?? []) as Record<string, unknown>[];
    result[list] = items;
    const at = Number(index) - 1;
    items[at] = { ...items[at], [field]: value };
  }
  return result;
}

function handlerOf(api: Readonly<Record<string, Handler>>, name: string, action: string): Handler {
  const handler = Object.hasOwn(api, name) ? api[name] : undefined;
  if (!handler) throw new Refusal("InvalidAction.NotFound", 404, action);
  return handler;
}
