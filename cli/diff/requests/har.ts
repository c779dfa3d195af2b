import { z } from "zod";
import type { LoggedRequest } from "../../../components/lanes/diff/replay/replay";
import { isRecord } from "../../../tools/values";

const pair = z.object({ name: z.string(), value: z.string() });
const entrySchema = z.object({
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.array(pair),
    cookies: z.array(pair).nullish(),
  }),
  response: z.object({ status: z.number().nullish() }).nullish(),
});

/** Entries of a HAR file (HTTP archive 1.2), each a request or undefined; undefined: it is no HAR. */
export function readHar(document: unknown): (LoggedRequest | undefined)[] | undefined {
  const entries = isRecord(document) && isRecord(document.log) ? document.log.entries : undefined;
  return Array.isArray(entries) ? entries.map(readEntry) : undefined;
}

function readEntry(entry: unknown): LoggedRequest | undefined {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success || !URL.canParse(parsed.data.request.url)) return undefined;
  const { request, response } = parsed.data;
  const { protocol, host, pathname, search } = new URL(request.url);
  if (!/^(https?|wss?):$/.test(protocol)) return undefined;
  const headers = new Map<string, string[]>();
  for (const { name, value } of request.headers) {
    // HTTP/2 has its request line among the headers.
    if (name.startsWith(":")) continue;
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  const named = headers.get("host")?.[0] ?? host;
  const cookies = request.cookies ?? [];
  if (!headers.has("cookie") && cookies.length > 0) {
    headers.set("cookie", [cookies.map(({ name, value }) => `${name}=${value}`).join("; ")]);
  }
  return {
    request: { host: named, path: pathname + search, method: request.method, headers: Object.fromEntries(headers) },
    whole: true,
    socket: /^wss?:$/.test(protocol) || response?.status === 101,
  };
}
