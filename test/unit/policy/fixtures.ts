import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { PolicyResource } from "../../../policy/resource";
import { projectRoot } from "../../../tools/paths";

const folder = join(projectRoot, "policy", "fixtures");
const schema = z.array(z.object({ type: z.string(), name: z.string(), props: z.record(z.string(), z.unknown()) }));

export type FixtureKind = "good" | "bad";

/** The resources of `policy/fixtures/<policy>.<kind>.yaml`, in a stack of that name. */
export function fixture(policy: string, kind: FixtureKind, stack = "prod"): PolicyResource[] {
  const document: unknown = parse(readFileSync(join(folder, `${policy}.${kind}.yaml`), "utf8"));
  return schema
    .parse(document)
    .map(({ type, name, props }) => ({ type, props, urn: `urn:pulumi:${stack}::mesh-lanes::${type}::${name}` }));
}

export function fixtureFiles(): string[] {
  return readdirSync(folder).sort();
}

/** What each bad fixture is to be told, word for word. */
export const expected: Readonly<Record<string, readonly string[]>> = {
  "gateway-tls": [
    "Gateway istio-system/edge takes plain HTTP on port 80 (http). Serve it by HTTPS with a credentialName, and set redirect: true on the HTTP port.",
  ],
  "no-wildcard-host": [
    "Gateway istio-system/edge-hosts serves any host on port 443. Write the names under hosts of the port.",
    "VirtualService shop/shop-hosts routes any host. Write the names under entry.hosts of the lane group.",
  ],
  "pinned-images": [
    "Container c0 of shop/pinned has image registry.example.com:5000/shop/mocka, which has no tag and so is latest. Name a whole version or a digest (@sha256:...).",
    "Container c1 of shop/pinned has image docker.io/library/nginx:latest, whose tag moves. Name a whole version or a digest (@sha256:...).",
    "Container c2 of shop/pinned has image docker.io/library/node:20, whose tag is not a whole version. Name a whole version or a digest (@sha256:...).",
    "Container c3 of shop/pinned has image docker.io/istio/proxyv2:1.29, whose tag is not a whole version. Name a whole version or a digest (@sha256:...).",
  ],
  "weights-sum": [
    "Route shop/entry of VirtualService shop/weights has weights 40 + 30 + 20 = 90. Change the lanes' weights so that they add up to 100.",
  ],
  "complete-strict-lanes": [
    "Lane s2 of group strict has no version of mockb. Give the lane one, or make the group permissive with a baseline.",
  ],
  "distinct-lanes": [
    "Route shop/entry/s20 of VirtualService shop/distinct is never taken at gateway istio-system/distinct, host distinct.example.com: shop/entry/s2 of shop/distinct takes all its requests. Match exact values, name the lanes apart, or give the groups hosts or paths of their own.",
  ],
};
