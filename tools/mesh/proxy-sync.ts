import { z } from "zod";
import { groupLabel } from "./group-label";
import { readSyncz } from "./istiod";

/*
 * Whether the proxies have what was written. Istio's objects have no status to wait for, but istiod tells which objects it
 * has read (/debug/configz) and which version of each kind of config a proxy was sent and has acknowledged (/debug/syncz).
 */

/** Kinds of Istio objects that this project writes for lane groups -> their resource, as kubectl lists it. */
export const waitedKinds: Readonly<Record<string, string>> = {
  DestinationRule: "destinationrules",
  VirtualService: "virtualservices",
  EnvoyFilter: "envoyfilters",
  Sidecar: "sidecars",
  AuthorizationPolicy: "authorizationpolicies",
  PeerAuthentication: "peerauthentications",
};

const object = z.object({
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    resourceVersion: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});

/** An object as a Kubernetes List and istiod tell it, as far as the two are compared. */
export type ReadObject = z.infer<typeof object>;

const key = ({ kind, metadata }: ReadObject): string => `${kind}/${metadata.namespace ?? ""}/${metadata.name}`;

/** What the API server has. @param list a Kubernetes List as JSON. */
export function readList(list: string): readonly ReadObject[] {
  return z.object({ items: z.array(object) }).parse(JSON.parse(list)).items;
}

/** What istiod has read. @param answer its answer, which is megabytes in a large mesh. */
export function readConfigz(answer: string): readonly ReadObject[] {
  return z.array(object).parse(JSON.parse(answer));
}

/**
 * Objects that istiod has not read yet in the version that the API server has.
 *
 * @returns `kind/namespace/name` of each.
 */
export function unreadObjects(listed: readonly ReadObject[], read: readonly ReadObject[]): string[] {
  const versions = new Map(read.map((item) => [key(item), item.metadata.resourceVersion]));
  return listed.filter((item) => versions.get(key(item)) !== item.metadata.resourceVersion).map(key);
}

/**
 * Objects of lane groups that istiod has and the API server has not: it has not read yet that they are gone.
 *
 * @param groups values of their label.
 * @returns `kind/namespace/name` of each.
 */
export function goneObjects(
  listed: readonly ReadObject[],
  read: readonly ReadObject[],
  groups: readonly string[],
): string[] {
  const live = new Set(listed.map(key));
  return read
    .filter(({ kind, metadata }) => kind in waitedKinds && groups.includes(metadata.labels?.[groupLabel] ?? ""))
    .map(key)
    .filter((known) => !live.has(known));
}

/** Names the objects that istiod has read, each in its version; equal texts mean that nothing was read in between. */
export function configState(read: readonly ReadObject[]): string {
  return read
    .map((item) => `${key(item)} ${item.metadata.resourceVersion}`)
    .sort()
    .join("\n");
}

/** The kinds of config that routing is made of: a secret that a gateway waits for, say, is not of them. */
const routingTypes: ReadonlySet<string> = new Set(["clusters", "listeners", "routes", "endpoints"]);

/**
 * Names what routing config each proxy was sent last; equal texts mean that nothing was sent in between. Endpoints are left
 * out: pods come and go all the time.
 */
export function sentConfig(syncz: string): string {
  return readSyncz(syncz)
    .flatMap(({ proxy, configs }) =>
      configs.filter(({ type }) => type !== "endpoints").map(({ type, sent }) => `${proxy} ${type} ${sent}`),
    )
    .sort()
    .join("\n");
}

/** A proxy that has not acknowledged the last config it was sent. */
export interface LateProxy {
  readonly proxy: string;
  /** `routes`, or `routes (rejected: what the proxy said)`, of each kind that is open. */
  readonly waiting: readonly string[];
}

/** Proxies that have not acknowledged the last config they were sent. @param syncz istiod's answer. */
export function lateProxies(syncz: string): LateProxy[] {
  return readSyncz(syncz).flatMap(({ proxy, configs }) => {
    const waiting = configs
      .filter(({ type, acknowledged }) => routingTypes.has(type) && !acknowledged)
      .map(({ type, rejection }) => (rejection === undefined ? type : `${type} (rejected: ${rejection})`));
    return waiting.length === 0 ? [] : [{ proxy, waiting }];
  });
}

/** `pod.namespace` of each proxy that an istiod knows. @param syncz its answer. */
export function connectedProxies(syncz: string): string[] {
  return readSyncz(syncz).map(({ proxy }) => proxy);
}
