/**
 * How a proxy compares a header that a request has on several lines: `joined` all values as one text with commas between
 * them, `each` every value by itself, of which one has to fit.
 */
export type RepeatedHeaders = "joined" | "each";

/**
 * How the proxies of a mesh compare repeated headers. Envoy compares each value from 1.39 on, which comes with Istio 1.31
 * (`envoy.reloadable_features.match_headers_individually` in Envoy's changelog of 1.39.0).
 *
 * @param mesh version of Istio or ASM: `1.31.0`, `v1.24.6.64-g0c0a6a39-aliyun`.
 *
 * @example repeatedHeadersOf("1.29.1") // "joined"
 */
export function repeatedHeadersOf(mesh: string): RepeatedHeaders {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(mesh) ?? [];
  return Number(major) === 1 && Number(minor) < 31 ? "joined" : "each";
}
