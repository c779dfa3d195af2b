/** One service of the chain, as it saw the request. */
export interface Hop {
  readonly service: string;
  readonly version: string;
  readonly ip: string;
  /** The lane headers that came in; those that did not are left out. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a chain answers: its hops in the order of the calls, and why it ended early, if it did. */
export interface Chain {
  readonly hops: readonly Hop[];
  /** The status of the upstream that failed, or the code of the call that did: `503`, `ECONNREFUSED`. */
  readonly error?: string;
}

/** The text form of one hop: `-> mocka(version: v1, ip: 10.0.0.1)`. */
export function hopText({ service, version, ip }: Pick<Hop, "service" | "version" | "ip">): string {
  return `-> ${service}(version: ${version}, ip: ${ip})`;
}

/** The text form of a chain's early end. */
export function errorText(error: string): string {
  return `-> error(${error})`;
}

/** Header of the answer to a HEAD, which has no body: the JSON form in base64. */
export const chainHeader = "x-chain";

/** The value of {@link chainHeader}. */
export function chainHeaderOf(chain: Chain): string {
  return Buffer.from(JSON.stringify(chain)).toString("base64");
}

/** Reads a chain that another mock answered; `undefined` when it is not one. */
export function parseChain(body: string): Chain | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  return isChain(value) ? value : undefined;
}

function isChain(value: unknown): value is Chain {
  if (!isRecord(value) || !Array.isArray(value.hops)) return false;
  return value.hops.every(isHop) && (value.error === undefined || typeof value.error === "string");
}

function isHop(value: unknown): value is Hop {
  if (!isRecord(value) || !isRecord(value.headers)) return false;
  const texts = [value.service, value.version, value.ip, ...Object.values(value.headers)];
  return texts.every((text) => typeof text === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
