import { randomUUID } from "node:crypto";
import { fetchOutside } from "../http/outside";
import { poll } from "../poll";
import { type AccountKey, formEncoded, signedHeaders } from "./sign";

/** An API of an account. */
export interface Api {
  /** @example "servicemesh" */
  readonly product: string;
  readonly version: string;
  /** Where it is, unless the environment says otherwise. */
  readonly host: string;
  /**
   * Action -> path that is read, of an API of the ROA style; `{X}` is a parameter, and the others go into the query.
   * @default the RPC style
   */
  readonly paths?: Readonly<Record<string, string>>;
}

export const serviceMeshApi: Api = {
  product: "servicemesh",
  version: "2020-01-11",
  host: "servicemesh.aliyuncs.com",
};

export type ApiAnswer = Readonly<Record<string, unknown>>;
/** Calls an action. @throws ApiFailure */
export type CallApi = (action: string, parameters: Readonly<Record<string, string>>) => Promise<ApiAnswer>;

/** The API said no, or did not answer. */
export class ApiFailure extends Error {
  public constructor(
    public readonly action: string,
    /** @example "ServiceMesh.NotFound" */
    public readonly code: string,
    /** HTTP status; 0 when no answer came. */
    public readonly status: number,
    public readonly words: string,
    /** By which support finds the call. */
    public readonly requestId?: string,
  ) {
    super(`${action}: ${code}: ${words}${requestId === undefined ? "" : ` (request ${requestId})`}`);
  }

  /** Whether the same call may succeed a little later. */
  public get passing(): boolean {
    return this.status === 0 || this.status >= 500 || /^(Throttling|ServiceUnavailable|InternalError)/.test(this.code);
  }
}

/** How long calls that fail in passing are repeated. Milliseconds. */
const usualPace = { withinMs: 120_000, everyMs: 3000 };

/** Calls of an API, signed with the account's key. What fails in passing is tried again. */
export function apiCaller(
  api: Api,
  key: () => Promise<AccountKey>,
  { env = process.env, pace = usualPace }: { env?: NodeJS.ProcessEnv; pace?: typeof usualPace } = {},
): CallApi {
  return async (action, parameters) => {
    let last: ApiFailure | undefined;
    const answer = await poll(async () => {
      try {
        return await once(api, await key(), action, parameters, env);
      } catch (error) {
        if (!(error instanceof ApiFailure && error.passing)) throw error;
        last = error;
        return undefined;
      }
    }, pace);
    if (answer) return answer;
    throw last ?? new Error(`${action} was not called`);
  };
}

async function once(
  api: Api,
  key: AccountKey,
  action: string,
  parameters: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
): Promise<ApiAnswer> {
  const { method, path, query, body } = written(api, action, parameters);
  const url = endpoint(api, env);
  const { host } = new URL(url);
  const about = { action, version: api.version, host, date: new Date(), nonce: randomUUID() };
  const headers = { ...signedHeaders({ ...about, method, path, query, body }, key), accept: "application/json" };
  const sent = { method, headers, signal: AbortSignal.timeout(60_000), ...(body !== "" && { body }) };
  const place = new URL(`${path}${Object.keys(query).length > 0 ? `?${formEncoded(query)}` : ""}`, url).href;
  const answered = await fetchOutside(place, sent, env)
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch((error: Error) => {
      throw new ApiFailure(action, "NoAnswer", 0, `${host}: ${reason(error)}`);
    });
  const answer = readJson(answered.text);
  if (answered.status === 200 && answer) return answer;
  // ACK answers in small letters.
  const text = (...names: string[]) => names.map((name) => answer?.[name]).find((value) => typeof value === "string");
  const words = text("Message", "message") ?? `HTTP ${answered.status}`;
  const code = text("Code", "code") ?? `HTTP${answered.status}`;
  throw new ApiFailure(action, code, answered.status, words, text("RequestId", "request_id"));
}

/** A call as it is sent: a form of the RPC style, or what is read at a path. */
function written({ paths = {} }: Api, action: string, parameters: Readonly<Record<string, string>>) {
  const pattern = paths[action];
  if (pattern === undefined) return { method: "POST", path: "/", query: {}, body: formEncoded(parameters) } as const;
  const path = pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters[name] ?? ""));
  const left = Object.entries(parameters).filter(([name]) => !pattern.includes(`{${name}}`));
  return { method: "GET", path, query: Object.fromEntries(left), body: "" } as const;
}

/** The provider reads the same variable. */
function endpoint({ product, host }: Api, env: NodeJS.ProcessEnv): string {
  const given = env[`ALIBABA_CLOUD_ENDPOINT_${product.toUpperCase()}`]?.trim() || host;
  return /^https?:\/\//.test(given) ? `${given.replace(/\/$/, "")}/` : `https://${given}/`;
}

function readJson(text: string): ApiAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as ApiAnswer) : undefined;
  } catch {
    return undefined;
  }
}

/** `fetch` itself says only that it failed. */
function reason(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
