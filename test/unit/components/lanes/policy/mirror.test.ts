import assert from "node:assert/strict";
import { renderRoutes } from "../../../../../components/lanes/asm/routes";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { explain } from "../../../../../components/lanes/explain";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { topologyOf } from "../../../../../components/lanes/topology/model";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { asRecord, records, type UnknownRecord } from "../../../../../tools/values";
import { sideOf } from "../diff/sides";
import { s2Input, s4Input } from "../fixtures";
import { clientBaggage, pick, render } from "../istio/rendered";

type Mirror = { lane: string; percent?: number; writes?: boolean };

/** S4, entered by a header, with a mirror at a service. */
function atService(name: string, mirror: Mirror, writing: readonly string[] = []): LaneGroupInput {
  return {
    ...s4Input,
    services: s4Input.services.map((each) => ({
      ...each,
      ...(writing.includes(each.name) && { writes: true }),
      ...(each.name === name && { policy: { mirror } }),
    })),
    entry: { ...s4Input.entry, header: "x-tag" },
    lanes: s4Input.lanes.map((lane) => ({ name: lane.name })),
  };
}

/** The same at the entry; with weights where they are given. */
function atEntry(mirror: Mirror, weights: readonly number[] = [], writing: readonly string[] = []): LaneGroupInput {
  const input = atService("", mirror, writing);
  const lanes = input.lanes.map((lane, index) => (weights.length > 0 ? { ...lane, weight: weights[index] } : lane));
  return { ...input, entry: { ...input.entry, policy: { mirror } }, lanes };
}

const parse = (input: LaneGroupInput): LaneGroup => laneGroupSchema.parse(input);
const problems = (input: LaneGroupInput, mesh: "istio" | "asm" = "istio") =>
  validateLaneGroups([{ path: "g", input }], mesh).map(({ path, got }) => `${path}: ${got}`);

/** Route of the gateway -> the copies that a patch makes of its requests. */
function entryCopies(group: LaneGroup): ReadonlyMap<unknown, UnknownRecord | undefined> {
  const object = render(group).find(({ metadata }) => metadata.name === "shop.entry.routes.copies");
  return new Map(
    records(object?.spec.configPatches).map(({ match, patch }) => [
      asRecord(asRecord(asRecord(asRecord(match).routeConfiguration).vhost).route).name,
      records(asRecord(asRecord(asRecord(patch).value).route).request_mirror_policies)[0],
    ]),
  );
}

/** Route -> where its copies go. */
function copies(group: LaneGroup, name: string) {
  return Object.fromEntries(
    records(asRecord(pick(group, `VirtualService default/${name}`).spec).http).map((route) => [
      String(route.name),
      route.mirror && { to: asRecord(route.mirror).subset, ...asRecord(route.mirrorPercentage) },
    ]),
  );
}

describe("a mirror", () => {
  it("of a service is on the baseline's route alone", () => {
    const input = atService("mockb", { lane: "v3", percent: 10 });
    assert.deepEqual(problems(input), []);
    assert.deepEqual(copies(parse(input), "shop.mockb"), {
      "shop/mockb/v3": undefined,
      "shop/mockb": { to: "version-v3", value: 10 },
    });
    const [, route] = records(asRecord(pick(parse(input), "VirtualService default/shop.mockb").spec).http);
    assert.deepEqual(route?.mirror, {
      host: "mockb.default.svc.cluster.local",
      subset: "version-v3",
      port: { number: 8000 },
    });
    for (const other of ["shop", "shop.mocka", "shop.mockc"]) {
      assert.ok(Object.values(copies(parse(input), other)).every((copied) => copied === undefined));
    }
  });

  it("of the entry is on the gateway's routes that lead to the baseline, and on none between services", () => {
    const mirror = { lane: "v2", percent: 100 };
    assert.deepEqual(problems(atEntry({ lane: "v2" })), []);
    const group = parse(atEntry({ lane: "v2" }));
    assert.deepEqual([...entryCopies(group).keys()], ["shop/entry/v1", "shop/entry"]);
    for (const route of ["shop", "shop.mocka"]) {
      assert.ok(Object.values(copies(group, route)).every((copied) => copied === undefined));
    }
    // All of the weight is the baseline's: its route and its cookie's.
    const weighed = entryCopies(parse(atEntry(mirror, [100, 0, 0])));
    assert.deepEqual([...weighed.keys()], ["shop/entry/v1", "shop/entry/v1/cookie", "shop/entry"]);
    assert.equal(entryCopies(parse(atService("mocka", { lane: "v2" }))).size, 0);
    assert.equal(entryCopies(parse(atEntry({ lane: "v2", percent: 0 }))).size, 0);
  });

  it("of the entry puts the copies into their lane, with what the client had in its baggage", () => {
    const set = (key: string, value: string) => ({
      append: { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
    });
    assert.deepEqual(entryCopies(parse(atEntry({ lane: "v2", percent: 0.5 }))).get("shop/entry"), {
      cluster: "outbound|8000|version-v2|mocka.default.svc.cluster.local",
      runtime_fraction: { default_value: { numerator: 5000, denominator: "MILLION" } },
      trace_sampled: false,
      disable_shadow_host_suffix_append: true,
      request_headers_mutations: [
        set("x-mesh-lane", "v2"),
        set("version", "v2"),
        set("baggage", `version=v2${clientBaggage}`),
      ],
    });
  });

  it("of the service behind the gateway is none of the entry's: a request is copied once", () => {
    const group = parse(atService("mocka", { lane: "v2" }));
    assert.equal(entryCopies(group).size, 0);
    assert.deepEqual(copies(group, "shop.mocka")["shop/mocka"], { to: "version-v2", value: 100 });
  });

  it("is told by explain at the hop where requests are copied", () => {
    const told = (lane: string) => {
      const group = parse(atService("mockb", { lane: "v3", percent: 10 }));
      const found = explain([group], { host: "a", path: "/", headers: { "x-tag": lane } });
      assert.ok(found.status === "routed");
      return found.outcomes[0]?.hops.map(({ policy }) => policy?.join());
    };
    const words = "10 % copied to lane v3, whose answers nobody gets";
    assert.deepEqual(told("v1"), [undefined, words, undefined]);
    // It has no mockb of its own and takes the baseline's route.
    assert.deepEqual(told("v2"), [undefined, words, undefined]);
    assert.deepEqual(told("v3"), [undefined, undefined, undefined]);
  });

  it("is told by diff and in the topology", () => {
    const { changes } = diffLanes(
      sideOf("before", atService("", { lane: "v3" })),
      sideOf("after", atService("mockb", { lane: "v3", percent: 10 })),
    );
    assert.deepEqual(
      changes.map(({ kind, risk, text }) => `${kind} ${risk} ${text}`),
      ["route-policy care mockb: 10 % copied to lane v3, whose answers nobody gets; before no policy"],
    );
    const entries = (input: LaneGroupInput) => topologyOf(parse(input)).lanes.map(({ entry }) => entry.slice(1));
    assert.deepEqual(entries(atService("mockb", { lane: "v3", percent: 10 })), [
      ["all other requests"],
      [],
      ["copies of 10 % of v1's requests to mockb"],
    ]);
    assert.deepEqual(entries(atEntry({ lane: "v2" }))[1], ["copies of 100 % of what enters v1"]);
  });

  it("is the routes' own on ASM, and refused by swimlanes", () => {
    const input = atService("mockb", { lane: "v3", percent: 10 });
    const last = (group: LaneGroupInput, name: string) => {
      const objects = renderRoutes(parse(group));
      const object = objects.find(({ kind, metadata }) => kind === "VirtualService" && metadata.name === name);
      return asRecord(records(asRecord(object?.spec).http).at(-1)?.mirror).subset;
    };
    assert.equal(last(input, "shop.mockb"), "version-v3");
    assert.equal(last(atEntry({ lane: "v2" }), "shop"), "version-v2");
    assert.ok(
      problems({ ...input, asmWay: "swimlanes" }, "asm").includes("g.services[1].policy: policy with swimlanes"),
    );
  });

  it("never reaches a service that writes, by any way, unless it says so", () => {
    const at = (name: string, writing: string[], writes?: boolean) =>
      problems(atService(name, { lane: name === "mockb" ? "v3" : "v2", ...(writes && { writes }) }, writing));
    assert.deepEqual(at("mockb", ["mockb"]), [
      "g.services[1].policy.mirror: copies would reach mockb, which writes: twice for one request",
    ]);
    assert.deepEqual(at("mocka", ["mockb", "mockc"]), [
      "g.services[0].policy.mirror: copies would reach mockb, mockc, which write: twice for one request",
    ]);
    assert.deepEqual(at("mockc", ["mocka", "mockb"]), []);
    assert.deepEqual(at("mocka", ["mockc"], true), []);
    assert.deepEqual(problems(atEntry({ lane: "v2" }, [], ["mockc"])), [
      "g.entry.policy.mirror: copies would reach mockc, which writes: twice for one request",
    ]);
  });

  it("is refused where it would copy to nobody, or what is none of the baseline's", () => {
    const refused = (lane: string) => problems(atService("mockb", { lane }));
    assert.deepEqual(refused("v9"), ['g.services[1].policy.mirror.lane: unknown lane "v9"']);
    assert.deepEqual(refused("v1"), [
      "g.services[1].policy.mirror.lane: v1 is the baseline, whose requests are copied",
    ]);
    assert.deepEqual(refused("v2"), ["g.services[1].policy.mirror.lane: lane v2 has no version of mockb"]);
    const same = atService("mockb", { lane: "v3" });
    assert.deepEqual(problems({ ...same, lanes: [{ name: "v1" }, { name: "v3", versions: { mockb: "v1" } }] }), [
      "g.services[1].policy.mirror.lane: lane v3 has the baseline's version of mockb",
    ]);
    assert.deepEqual(problems({ ...same, lanes: [{ name: "v1" }, { name: "v3", state: "draining" }] }), [
      "g.services[1].policy.mirror.lane: v3 drains: it takes nobody new",
    ]);
    assert.deepEqual(problems(atEntry({ lane: "v2" }, [90, 10, 0])), [
      "g.entry.policy.mirror: weights give requests to v1 and other lanes by one route",
    ]);
    assert.deepEqual(problems(atEntry({ lane: "v2" }, [0, 0, 100])), []);
    const strict: LaneGroupInput = {
      ...s2Input,
      services: s2Input.services.map((each, index) =>
        index === 1 ? { ...each, policy: { mirror: { lane: "s2" } } } : each,
      ),
    };
    assert.deepEqual(problems(strict), ["g.services[1].policy.mirror: no baseline, whose requests could be copied"]);
  });
});
