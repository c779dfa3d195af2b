import assert from "node:assert/strict";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { asRecord, records } from "../../../../../tools/values";
import { gatewayPods, s4Input } from "../fixtures";

/** What a gateway does with a request that names no lane: the lane whose pods get it, and the lane that it is told. */
interface Way {
  readonly pods: string;
  readonly told: string;
}

const header = "x-mesh-lane";
const objectsOf = (group: LaneGroup, kind: string) =>
  renderIstio(group, { gateway: gatewayPods }).filter(
    (object) => object.stage === "entry-routes" && object.kind === kind,
  );

/** The lane whose subset it is: each has its version's name. */
const laneOf = (subset: unknown) => String(subset).replace(/^version-/, "");

/** The lane in `outbound|8000|version-v2|host` or `lane-fallback|8000|version-v2,version-v1|host`. */
const laneIn = (cluster: unknown) => laneOf(String(cluster).split("|")[2]?.split(",")[0]);

/**
 * The gateway's last route as Istio makes it of a VirtualService and patches it: a single destination's headers stand at the route,
 * those of several in a list (`ApplyDestination` of istio/istio pilot/pkg/networking/core/route). Envoy applies the list's headers
 * first and the route's last.
 */
function waysOf(routes: LaneGroup, patches: LaneGroup): Way[] {
  const route = records(asRecord(objectsOf(routes, "VirtualService")[0]?.spec).http).at(-1);
  const to = records(route?.route).filter(({ weight }) => weight !== 0);
  const told = (destination: unknown) =>
    String(asRecord(asRecord(asRecord(asRecord(destination).headers).request).set)[header]);
  const subset = (destination: unknown) => laneOf(asRecord(asRecord(destination).destination).subset);
  const atRoute = to.length === 1 ? told(to[0]) : undefined;
  let ways = to.map((destination): Way => ({ pods: subset(destination), told: told(destination) }));
  const merged = objectsOf(patches, "EnvoyFilter").flatMap(({ spec }) => records(asRecord(spec).configPatches));
  for (const { match, patch } of merged) {
    const vhost = asRecord(asRecord(asRecord(match).routeConfiguration).vhost);
    if (asRecord(vhost.route).name !== route?.name) continue;
    const { cluster, weighted_clusters: list } = asRecord(asRecord(asRecord(patch).value).route);
    if (cluster !== undefined) ways = [{ pods: laneIn(cluster), told: atRoute ?? "nothing" }];
    else {
      ways = records(asRecord(list).clusters).map(({ name, request_headers_to_add: added }): Way => {
        const own = records(added)
          .map((each) => asRecord(each.header))
          .find(({ key }) => key === header);
        return { pods: laneIn(name), told: atRoute ?? String(own?.value) };
      });
    }
  }
  return ways;
}

describe("the entry's routes and the patches of its fallback, of which a gateway may have one of before and one of after", () => {
  const group = (
    baseline: string,
    more: Partial<LaneGroupInput["entry"]>,
    weights: readonly (number | undefined)[],
  ) => {
    const { unmatched: _unmatched, ...entry } = s4Input.entry;
    const lanes = s4Input.lanes.map(({ name }, index) => {
      const weight = weights[index];
      return { name, version: name, ...(weight !== undefined && { weight }) };
    });
    const services = s4Input.services.map((service) => ({ ...service, versions: ["v1", "v2", "v3"] }));
    return laneGroupSchema.parse({
      ...s4Input,
      baseline,
      services,
      entry: { ...entry, header: "x-tag", ...more },
      lanes,
    });
  };
  const states = {
    "all to the baseline": group("v1", {}, []),
    "all to another lane": group("v1", { unmatched: "v2" }, []),
    "all to the last lane": group("v1", { unmatched: "v3" }, []),
    "a share": group("v1", {}, [80, 20, 0]),
    "another share": group("v1", {}, [20, 50, 30]),
    "all by weight": group("v1", {}, [0, 100, 0]),
    "all by weight to the baseline": group("v1", {}, [100, 0, 0]),
    "a share of users": group("v1", { user: { header: "x-user-id" } }, [80, 20, 0]),
    "another share of users": group("v1", { user: { header: "x-user-id" } }, [20, 50, 30]),
    "all users": group("v1", { user: { cookie: "uid" } }, [0, 100, 0]),
    promoted: group("v2", {}, [0, 100, 0]),
    "promoted without weights": group("v2", {}, []),
  };
  for (const [from, before] of Object.entries(states)) {
    it(`never tell a request another lane than that of its pods: ${from} -> anything`, () => {
      for (const [to, after] of Object.entries(states)) {
        for (const [routes, patches] of [
          [before, before],
          [before, after],
          [after, before],
        ] as const) {
          const ways = waysOf(routes, patches);
          assert.ok(ways.length > 0);
          for (const { pods, told } of ways) assert.equal(told, pods, `${from} -> ${to}: ${JSON.stringify(ways)}`);
        }
      }
    });
  }
});
