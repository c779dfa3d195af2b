import { laneOf } from "../shared/context";

/** Whom a request names to be called now. */
export interface NextCall {
  readonly url: URL;
  /** To send along: the header with the rest of the chain; empty at its end. */
  readonly headers: Readonly<Record<string, string>>;
}

const target = /^(grpc:\/\/)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\.?:[0-9]{1,5}$/i;
const maxCalls = 16;

/**
 * Reads the header in which a client names a chain: `host:port` parts with commas between, such as
 * `mockb:8000,mockc.shop:8000`. A mock of HTTP calls a part with `grpc://` in front by gRPC; one of gRPC calls every part so.
 *
 * @param header its name; `undefined` when no client may name one.
 * @returns `undefined` when there is none, `invalid` when it is anything else.
 */
export function nextCall(
  request: { readonly rawHeaders: readonly string[] },
  header: string | undefined,
): NextCall | "invalid" | undefined {
  const value = header === undefined ? undefined : laneOf(request, [header])[header];
  if (header === undefined || value === undefined) return undefined;
  const targets = value.split(",");
  const [first = "", ...rest] = targets;
  const url = first.startsWith("grpc://") ? first : `http://${first}/`;
  if (targets.length > maxCalls || !targets.every((each) => target.test(each)) || !URL.canParse(url)) return "invalid";
  return { url: new URL(url), headers: rest.length > 0 ? { [header]: rest.join(",") } : {} };
}
