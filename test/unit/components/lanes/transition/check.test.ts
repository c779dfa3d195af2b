import assert from "node:assert/strict";
import fc from "fast-check";
import { changeSteps } from "../../../../../components/lanes/change-steps";
import { swapsAndReplacements } from "../../../../../components/lanes/diff/changes/order";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import { laneVersions, versionOf } from "../../../../../components/lanes/plan";
import { entryRules } from "../../../../../components/lanes/rules";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import type { Change } from "../../../../../components/lanes/transition/change";
import { transitionFaults } from "../../../../../components/lanes/transition/check";
import type { Fault } from "../../../../../components/lanes/transition/fault";
import { randomPairs } from "../diff/pairs";
import { side } from "../diff/sides";
import { gatewayPods, s2Input, s4Input } from "../fixtures";

const parse = (input: LaneGroupInput): LaneGroup => laneGroupSchema.parse(input);
const words = ({ kind, lane, service }: Fault) => `${kind} ${lane ?? "no lane"} ${service}`;
const isAny = ({ kind }: Fault) => kind === "any-version";
const faults = (before: LaneGroupInput, after: LaneGroupInput) =>
  transitionFaults({ before: parse(before), after: parse(after) }).map(words);
const [s1, s2, s3] = s2Input.lanes;
assert.ok(s1 && s2 && s3);
const s4Lane = { name: "s4", version: "v4" };
const strict = { ...s2Input, lanes: [s1, s2] };

/** Lanes that all have every service. */
const full: LaneGroupInput = {
  ...s4Input,
  services: s4Input.services.map((service) => ({ ...service, versions: ["v1", "v2", "v3"] })),
};
const weighted = (
  input: LaneGroupInput,
  weights: Readonly<Record<string, number>>,
  more: Partial<LaneGroupInput> = {},
) => ({
  ...input,
  lanes: input.lanes
    .filter(({ name }) => name in weights)
    .map((lane) => ({ ...lane, weight: weights[lane.name] ?? 0 })),
  ...more,
});

describe("the transition from one config to another", () => {
  it("is clean for a lane that comes, shares that shift and a lane that goes", () => {
    assert.deepEqual(faults(strict, s2Input), []);
    assert.deepEqual(faults(s2Input, strict), []);
    assert.deepEqual(faults(s4Input, weighted(s4Input, { v1: 0, v2: 100, v3: 0 })), []);
    assert.deepEqual(faults(weighted(s4Input, { v1: 100, v2: 0, v3: 0 }), weighted(s4Input, { v1: 100, v2: 0 })), []);
  });

  it("is clean for a promotion of whole lanes, but for calls that carry no lane", () => {
    const promoted = weighted(full, { v1: 0, v2: 100, v3: 0 }, { baseline: "v2" });
    assert.deepEqual(faults(full, promoted), ["mixed no lane mocka"]);
    assert.deepEqual(faults(promoted, full), ["mixed no lane mocka"]);
  });

  it("finds the lane that borrows two services of a baseline which is replaced, and not one that borrows one", () => {
    const services = full.services.map((service) => ({
      ...service,
      versions: service.name === "mocka" ? ["v1", "v2", "v3"] : ["v1", "v2"],
    }));
    const borrows = { ...full, services };
    const promoted = { ...borrows, baseline: "v2" };
    assert.deepEqual(faults(borrows, promoted), ["mixed v3 mockb", "mixed no lane mocka"]);
    const one = {
      ...full,
      services: full.services.map((each, at) => (at === 2 ? { ...each, versions: ["v1", "v2"] } : each)),
    };
    assert.deepEqual(faults(one, { ...one, baseline: "v2" }), ["mixed no lane mocka"]);
  });

  it("finds a strict lane that comes while another goes, without a baseline", () => {
    const services = s2Input.services.map((each) => ({ ...each, versions: [...each.versions, "v4"] }));
    const found = faults({ ...s2Input, services }, { ...s2Input, services, lanes: [s1, s2, s4Lane] });
    assert.deepEqual(found, ["no-route s3 mockb", "no-route s3 mockc"]);
  });

  it("finds a version in place, in both modes", () => {
    const inPlace = { ...strict, lanes: [s1, { name: "s2", version: "v3" }] };
    const found = faults(strict, inPlace);
    assert.ok(found.includes("no-route s2 mockb") && found.some((fault) => fault.startsWith("mixed s2")), found.join());
    const lanes = full.lanes.map((lane) => (lane.name === "v2" ? { ...lane, version: "v3" } : lane)).slice(0, 2);
    const two = full.lanes.slice(0, 2);
    const found2 = faults({ ...full, lanes: two }, { ...full, lanes }).filter((fault) => !fault.startsWith("weights"));
    assert.deepEqual(found2, ["mixed v2 mockb"]);
  });

  it("finds another route header and another mode", () => {
    assert.ok(faults(full, { ...full, routeHeader: "x-other" }).includes("mixed v2 mockb"));
    const { routeHeader: _header, ...others } = full;
    // The callers' labels tell strict rules what the header tells permissive ones; the other way round the header comes last.
    const strictly = { ...others, mode: "strict" as const };
    assert.deepEqual(faults(full, strictly), []);
    assert.ok(faults(strictly, full).includes("mixed v2 mockb"));
  });

  it("finds a version that is still used when its pods go", () => {
    const all = ["v1", "v2", "v3"];
    const pods = { before: { mocka: all }, after: { mocka: ["v1", "v2"] } };
    const stays = { before: parse(s4Input), after: parse(s4Input) };
    assert.deepEqual(transitionFaults(stays, { pods }).map(words), ["no-pods v3 mocka"]);
    const goes = { before: parse(s4Input), after: parse(weighted(s4Input, { v1: 70, v2: 30 })) };
    assert.deepEqual(transitionFaults(goes, { pods }), []);
  });

  it("finds a port that lanes no longer route: its callers meet any version from the services' routes on", () => {
    const withPorts = (base: LaneGroupInput, ports: LaneGroupInput["services"][number]["ports"]) => ({
      ...base,
      services: base.services.map((service) => (service.name === "mockb" ? { ...service, ports } : service)),
    });
    const [declared, opaque] = (["grpc", "tcp"] as const).map((protocol) =>
      withPorts(full, [{ port: 9000, protocol }]),
    );
    assert.ok(declared && opaque);
    const all = ["v1", "v2", "v3", "no lane"].map((lane) => `any-version ${lane} mockb`);
    assert.deepEqual(faults(declared, full), all);
    assert.deepEqual(faults(declared, opaque), all);
    const [first] = transitionFaults({ before: parse(declared), after: parse(full) });
    assert.deepEqual([first?.port, first?.moment], [9000, "while the services' routes change"]);

    const strictly = withPorts(s2Input, [{ port: 9000, protocol: "grpc" }]);
    assert.deepEqual(
      faults(strictly, s2Input),
      ["s1", "s2", "s3"].map((lane) => `any-version ${lane} mockb`),
    );

    // What comes, what stays, and what was never routed is as it was.
    assert.deepEqual(faults(full, declared), []);
    assert.deepEqual(faults(declared, declared), []);
    assert.deepEqual(faults(opaque, full), []);

    // Of one version alone nothing is mixed, whatever the config lists.
    const change = { before: parse(declared), after: parse(full) };
    const one = { mockb: ["v1"] };
    assert.deepEqual(transitionFaults(change, { pods: { before: one, after: one } }).filter(isAny), []);
    const goes = { before: { mockb: ["v1", "v2"] }, after: one };
    assert.equal(transitionFaults(change, { pods: goes }).filter(isAny).length, all.length);
  });

  it("is told by lanes diff, with what to do instead", () => {
    const told = (before: LaneGroupInput, after: LaneGroupInput) =>
      diffLanes(side("before", [parse(before)]), side("after", [parse(after)]))
        .changes.filter(({ kind }) => kind === "order")
        .map(({ risk, text }) => `${risk}: ${text}`);
    const gone = {
      ...full,
      baseline: "v2",
      lanes: [
        { name: "v2", weight: 70 },
        { name: "v3", weight: 30 },
      ],
    };
    const [first = "", second = "", ...more] = told(full, gone);
    assert.match(
      first,
      /^care: lane v1, the baseline so far, goes in the update .* Make two updates: `lanes promote v2`, and/,
    );
    assert.match(
      second,
      /^note: calls that carry no lane, from within the mesh, may meet one service of v1 and another of v2/,
    );
    assert.deepEqual(more, []);
    const ports = [{ port: 9000, protocol: "grpc" as const }];
    const declared = { ...full, services: full.services.map((service) => ({ ...service, ports })) };
    assert.deepEqual(told(declared, full).slice(0, 1), [
      "care: requests in lanes v1, v2 and v3 and those that carry no lane, to mocka on port 9000, meet any of its versions " +
        "from the moment the services' routes change. Keep the port in `ports` until nobody calls it, or run one version of mocka.",
    ]);
    const [header = ""] = told(full, { ...full, routeHeader: "x-other" });
    assert.match(
      header,
      /^care: requests in lanes v2 and v3 may meet .* while the services' routes change\. Make the change while/,
    );
  });
});

/** Pairs of random configs, of groups that both have: lanes come and go, versions, baselines, modes and headers change. */
describe("every state of an update", function () {
  const runs = Number(process.env.MESH_LANES_TRANSITION_PAIRS ?? 150);
  // Ten thousand take minutes of a processor that is free, and as many times that as it has other work.
  this.timeout(600_000 + runs * 300);
  const pairs = (seed: number) =>
    randomPairs(seed, 6).flatMap(({ before, after }) =>
      after.flatMap((now) => {
        const old = before.find(({ name }) => name === now.name);
        return old && JSON.stringify(old) !== JSON.stringify(now) ? [{ before: old, after: now }] : [];
      }),
    );
  const names = ({ lanes }: LaneGroup) => lanes.map(({ name }) => name);
  /** Strict rules know callers by their labels, and of a service that joins a group the old label is in none. */
  const sameWords = (one: LaneGroup, other: LaneGroup) =>
    one.mode === other.mode &&
    one.routeHeader === other.routeHeader &&
    one.traceHeader === other.traceHeader &&
    one.versionLabel === other.versionLabel;

  it("has every subset that a route names, whole weights, and a route for every lane but where lanes diff says so", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        for (const pair of pairs(seed)) {
          // Ports are lost by intent, and that is told.
          const failing = transitionFaults(pair).filter(({ kind }) => kind !== "mixed" && kind !== "any-version");
          if (swapsAndReplacements(pair).length > 0 || !sameWords(pair.before, pair.after)) {
            assert.deepEqual(failing.filter(({ kind }) => kind !== "no-route").map(words), [], JSON.stringify(pair));
          } else assert.deepEqual(failing.map(words), [], JSON.stringify(pair));
        }
      }),
      { numRuns: Math.ceil(runs / 6) },
    );
  });

  it("tells of the very ports on which the services' routes have no rule any more, where several versions answer", () => {
    const portsOf = (group: LaneGroup, service: string): number[] => {
      const routes = renderIstio(group, { gateway: gatewayPods }).find(
        ({ kind, metadata }) => kind === "VirtualService" && metadata.name === `${group.name}.${service}`,
      );
      const http = (routes?.spec.http ?? []) as { match?: { port?: number }[] }[];
      return http.flatMap(({ match = [] }) => match.flatMap(({ port }) => port ?? []));
    };
    let lost = 0;
    for (let seed = 0; seed * 24 < runs; seed += 1) {
      for (const pair of pairs(seed)) {
        const told = transitionFaults(pair).flatMap(({ kind, service, port }) =>
          kind === "any-version" ? [`${service} ${port}`] : [],
        );
        const expected = pair.after.services.flatMap(({ name, versions }) => {
          const old = pair.before.services.find((service) => service.name === name);
          if (!old || new Set([...versions, ...old.versions]).size < 2) return [];
          const now = portsOf(pair.after, name);
          // A service that no lane has any more keeps no route at all.
          if (now.length === 0) return [];
          return portsOf(pair.before, name).flatMap((port) => (now.includes(port) ? [] : [`${name} ${port}`]));
        });
        assert.deepEqual([...new Set(told)].sort(), [...new Set(expected)].sort(), JSON.stringify(pair));
        lost += told.length;
      }
    }
    assert.ok(lost > 20);
  });

  it("has not, where steps come in the reverse order: every lane that comes with a new version and is entered is sent to no subset", () => {
    const found = { pairs: 0, faults: 0 };
    for (let seed = 0; seed * 6 < runs; seed += 1) {
      for (const pair of pairs(seed)) {
        const come = names(pair.after).filter((name) => !names(pair.before).includes(name));
        const entered = entryRules(pair.after).some(({ outcomes, service }) =>
          outcomes.some(({ lane }) => come.includes(lane) && isNew(pair, service.name, lane)),
        );
        if (!entered) continue;
        found.pairs += 1;
        const steps = [...changeSteps(pair.after, names(pair.before))].reverse();
        if (transitionFaults(pair, { steps }).some(({ kind }) => kind === "no-subset")) found.faults += 1;
      }
    }
    assert.ok(found.pairs > 20);
    assert.equal(found.faults, found.pairs);
  });
});

/** Whether a lane has a version of a service that no lane had before. */
function isNew({ before, after }: Change, name: string, lane: string): boolean {
  const version = versionOf(after, lane, name);
  const service = before.services.find((each) => each.name === name);
  return version !== undefined && service !== undefined && !laneVersions(before, service).includes(version);
}
