/** The full name behind a host as Istio resolves it: short names belong to the namespace of the object. */
export function resolveHost(host: unknown, namespace: string): string | undefined {
  if (typeof host !== "string") return undefined;
  const parts = host.split(".");
  if (host === "*" || host.startsWith("*.")) return host;
  if (parts.length === 1) return `${host}.${namespace}.svc.cluster.local`;
  return host;
}

/** Whether a host pattern of a Gateway (`*`, `*.name`, `name`, with or without `namespace/`) takes all of another. */
export function coversHost(pattern: string, host: string): boolean {
  const name = (pattern.split("/").at(-1) ?? "").toLowerCase();
  const other = host.toLowerCase();
  if (name === "*" || name === other) return true;
  return name.startsWith("*.") && other.endsWith(name.slice(1)) && other.length > name.length - 1;
}

/** Whether a certificate's name covers a host: `*` stands for one label only (RFC 6125). */
export function certificateCovers(name: string, host: string): boolean {
  const left = name.toLowerCase();
  const right = host.toLowerCase();
  if (left === right) return true;
  return left.startsWith("*.") && right.split(".").slice(1).join(".") === left.slice(2) && !right.startsWith("*");
}
