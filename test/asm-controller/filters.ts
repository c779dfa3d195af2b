import type { KubeObject } from "./objects";

/** Where in a sidecar a script runs: on what comes in, or on what the pod sends. */
export type Side = "inbound" | "outbound";

/** An EnvoyFilter that runs scripts in the sidecars that an object of ASM is for: it stands beside that object. */
export function scriptFilter(
  { metadata: { name, namespace = "" }, spec: { workloadSelector } }: KubeObject,
  rule: string,
  scripts: Readonly<Partial<Record<Side, string>>>,
): KubeObject {
  const sides = Object.entries(scripts).map(([side, text]) => scriptPatch(`asm.${rule}.${name}`, side, text));
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name: `asm.${rule}.${name}`, namespace },
    // Istio's selector has the same field, and the same meaning in the root namespace.
    spec: { ...(workloadSelector !== undefined && { workloadSelector }), configPatches: sides },
  };
}

function scriptPatch(name: string, side: string, text: string): object {
  return {
    applyTo: "HTTP_FILTER",
    match: {
      context: `SIDECAR_${side.toUpperCase()}`,
      listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } },
    },
    patch: {
      // Before Istio's own filters, some of which look at the route.
      operation: "INSERT_FIRST",
      value: {
        name,
        typed_config: {
          "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
          default_source_code: { inline_string: text },
        },
      },
    },
  };
}

/** A text in Lua. */
export function luaText(text: string): string {
  return JSON.stringify(text);
}
