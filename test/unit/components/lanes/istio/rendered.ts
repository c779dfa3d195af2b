import assert from "node:assert/strict";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import type { IstioObject } from "../../../../../components/lanes/object";
import type { LaneGroup } from "../../../../../components/lanes/spec";
import { gatewayPods } from "../fixtures";

export const render = (group: LaneGroup) => renderIstio(group, { gateway: gatewayPods });

/** `kind namespace/name`, by which tests pick an object. */
export const idOf = ({ kind, metadata }: IstioObject) => `${kind} ${metadata.namespace}/${metadata.name}`;

/** @param id `.*` at its end stands for a hash of the content. */
export function pick(group: LaneGroup, id: string): IstioObject {
  const objects = render(group);
  const found = objects.find((object) => [idOf(object), unhashed(object)].includes(id));
  assert.ok(found, `no ${id} among:\n${objects.map(idOf).join("\n")}`);
  return found;
}

/** A name with `*` for a hash of the content. */
export const withoutHash = (name: string) => name.replace(/\.[0-9a-f]{8}$/, ".*");
/** {@link idOf} with `*` for a hash of the content. */
export const unhashed = (object: IstioObject) => withoutHash(idOf(object));

export const labels = (group: string, lane?: string) => ({
  "app.kubernetes.io/managed-by": "mesh-lanes",
  "mesh-lanes/group": group,
  ...(lane !== undefined && { "mesh-lanes/lane": lane }),
});
export const destination = (service: string, version: string, port = 8000) => ({
  destination: { host: `${service}.default.svc.cluster.local`, subset: `version-${version}`, port: { number: port } },
});

/** What a route writes for the access logs. */
export const log = (lane: string) => ({ headers: { request: { set: { "x-mesh-lane": lane } } } });

/** What a route appends to the lane's member of baggage. */
export const clientBaggage = "%DYNAMIC_METADATA(mesh-lanes:baggage)%";
