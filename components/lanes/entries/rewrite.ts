import type { EntryRoute, StringMatch } from "../spec";
import { escapeRegex } from "../text-match/re2";

/** What the gateway makes of a path before it sends a request on. Queries stay as they are. */
export type EntryRewrite =
  | { readonly kind: "whole"; readonly to: string }
  /** Of a path that begins with `prefix`, only this is replaced. */
  | { readonly kind: "prefix"; readonly prefix: string; readonly to: string };

export function rewriteOf({ path, rewrite }: EntryRoute): EntryRewrite | undefined {
  if (rewrite === undefined) return undefined;
  return path?.kind === "prefix" ? { kind: "prefix", prefix: path.value, to: rewrite } : { kind: "whole", to: rewrite };
}

/** The path that the service gets: `/api/orders/7` with `/api/orders` -> `/` is `/7`, with one slash. */
export function rewritten(rewrite: EntryRewrite, path: string): string {
  if (rewrite.kind === "whole") return rewrite.to;
  const rest = path.slice(rewrite.prefix.length);
  return joinsSlashes(rewrite) ? rewrite.to + rest.replace(/^\//, "") : rewrite.to + rest;
}

/**
 * The same in Istio's words. `uri` replaces what the rule's own path matched, and puts texts together as they are; where
 * that is not what is meant, an expression says it.
 *
 * @param path the rule's own, which may be narrower than that of the route.
 */
export function istioRewrite(rewrite: EntryRewrite, path: StringMatch | undefined): object {
  if (path?.kind === "exact") return { uri: rewritten(rewrite, path.value) };
  if (rewrite.kind === "whole") {
    return path?.kind === "regex" ? { uri: rewrite.to } : { uriRegexRewrite: { match: "^.*$", rewrite: rewrite.to } };
  }
  if (path?.kind === "prefix" && path.value === rewrite.prefix && !joinsSlashes(rewrite)) return { uri: rewrite.to };
  const match = `^${escapeRegex(rewrite.prefix)}${joinsSlashes(rewrite) ? "/?" : ""}(.*)$`;
  return { uriRegexRewrite: { match, rewrite: `${rewrite.to}\\1` } };
}

/** In words: `/api/orders… as /…`. */
export function rewriteWords(rewrite: EntryRewrite): string {
  return rewrite.kind === "whole" ? `as ${rewrite.to}` : `${rewrite.prefix}… as ${rewrite.to}…`;
}

function joinsSlashes(rewrite: Extract<EntryRewrite, { kind: "prefix" }>): boolean {
  return rewrite.to.endsWith("/") && !rewrite.prefix.endsWith("/");
}
