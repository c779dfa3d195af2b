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
  const url = endpoint(api, env);
  const body = formEncoded(parameters);
  const { host } = new URL(url);
  const request = { action, version: api.version, host, body, date: new Date(), nonce: randomUUID() };
  const headers = { ...signedHeaders(request, key), accept: "application/json" };
  const answered = await fetchOutside(url, { method: "POST", headers, body, signal: AbortSignal.timeout(60_000) }, env)
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch((error: Error) => {
      throw new ApiFailure(action, "NoAnswer", 0, `${host}: ${reason(error)}`);
    });
  const answer = readJson(answered.text);
  if (answered.status === 200 && answer) return answer;
  const text = (name: string) => (typeof answer?.[name] === "string" ? answer[name] : undefined);
  const words = text("Message") ?? `HTTP ${answered.status}`;
  throw new ApiFailure(action, text("Code") ?? `HTTP${answered.status}`, answered.status, words, text("RequestId"));
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
