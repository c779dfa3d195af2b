/*
 * What Envoy makes of a path before it looks for a route: Istio's default normalization (pathNormalization BASE), which
 * is googleurl's canonicalization. It differs from WHATWG's, and so from Node's `URL`: escapes that nobody needs are decoded.
 */

/**
 * @param path without its query.
 * @returns why Envoy answers 400; undefined when it goes on.
 */
export function pathRefusal(path: string, method: string): string | undefined {
  if (path === "*" && method.toUpperCase() === "OPTIONS") return undefined;
  if (!path.startsWith("/")) return `the path ${JSON.stringify(path)} does not start with /`;
  if (/%00/.test(path)) return "the path holds %00";
  return undefined;
}

/** A path without its query, as it is compared: needless escapes decoded, dot segments resolved, `\` taken for `/`. */
export function normalizePath(path: string): string {
  if (!path.startsWith("/")) return path;
  // A `%` that begins no escape is marked, since what is decoded after it may make it look like one (`%2%30`): then
  // googleurl escapes the `%` itself.
  const decoded = path
    .replace(/%([0-9a-fA-F]{2})?/g, (sequence, hex: string | undefined) => {
      if (hex === undefined) return "\0";
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /[A-Za-z0-9._~-]/.test(character) ? character : sequence;
    })
    .replaceAll(/\0(?=[0-9a-fA-F]{2})/g, "%25")
    .replaceAll("\0", "%");
  // Characters that googleurl escapes and `URL` leaves alone.
  const escaped = decoded.replace(/[|^]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const url = `http://host${escaped}`;
  return URL.canParse(url) ? new URL(url).pathname : escaped;
}
