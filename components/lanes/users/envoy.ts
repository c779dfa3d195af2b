import type { UserSource } from "./shape";

/** What a route of Envoy hashes. A cookie has no time to live here: with one, Envoy would set it. */
export function hashPolicy({ header, cookie, query }: UserSource): object {
  if (header !== undefined) return { header: { header_name: header } };
  return cookie !== undefined ? { cookie: { name: cookie } } : { query_parameter: { name: query ?? "" } };
}
