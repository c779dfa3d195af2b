import assert from "node:assert/strict";
import { renderRoutes } from "../../../../../components/lanes/asm/routes";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { explain } from "../../../../../components/lanes/explain";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { asRecord, records } from "../../../../../tools/values";
import { sideOf } from "../diff/sides";
import { s4Input } from "../fixtures";
import { pick, render } from "../istio/rendered";

const policy = { timeout: "3s", headers: { request: { set: { "x-try": "v3" } } } };

/** S4 entered by a header, with a policy of lane v3 beside one of the group and of mockb. */
function byHeader(own: object | false = policy): LaneGroupInput {
  return {
    ...s4Input,
    policy: { timeout: "9s", retries: { attempts: 0 } },
    services: s4Input.services.map((each) =>
      each.name === "mockb"
        ? { ...each, policy: { timeout: "2s", headers: { request: { set: { "x-b": "1" } } } } }
        : each,
    ),
    entry: { ...s4Input.entry, header: "x-tag", policy: { timeout: "5s" } },
    lanes: s4Input.lanes.map(({ name }) => ({ name, ...(name === "v3" && own && { policy: own }) })),
  };
}

const byWeight = (input: LaneGroupInput): LaneGroupInput => ({
  ...input,
  lanes: input.lanes.map((lane, index) => ({ ...lane, weight: [40, 30, 30][index] })),
});
const parse = (input: LaneGroupInput): LaneGroup => laneGroupSchema.parse(input);
const problems = (input: LaneGroupInput, mesh: "istio" | "asm" = "istio") =>
  validateLaneGroups([{ path: "g", input }], mesh).map(({ path, got }) => `${path}: ${got}`);

/** Route -> timeout, of a VirtualService. */
function timeouts(group: LaneGroup, name: string) {
  return Object.fromEntries(
    records(asRecord(pick(group, `VirtualService default/${name}`).spec).http).map((route) => [
      String(route.name),
      route.timeout,
    ]),
  );
}

describe("a lane's own policy", () => {
  it("is on the routes of that lane alone, and wins over those of the entry, services and group", () => {
    const group = parse(byHeader());
    assert.deepEqual(problems(byHeader()), []);
    assert.deepEqual(timeouts(group, "shop"), {
      "shop/entry/v1": "5s",
      "shop/entry/v2": "5s",
      "shop/entry/v3": "3s",
      "shop/entry": "5s",
    });
    assert.deepEqual(timeouts(group, "shop.mocka"), {
      "shop/mocka/v2": "9s",
      "shop/mocka/v3": "3s",
      "shop/mocka": "9s",
    });
    assert.deepEqual(timeouts(group, "shop.mockb"), { "shop/mockb/v3": "3s", "shop/mockb": "2s" });
    // Lane v3 takes the baseline's version and route there.
    assert.deepEqual(timeouts(group, "shop.mockc"), { "shop/mockc/v2": "9s", "shop/mockc": "9s" });
    const [route] = records(asRecord(pick(group, "VirtualService default/shop.mockb").spec).http);
    assert.deepEqual(asRecord(asRecord(route?.headers).request).set, { "x-b": "1", "x-try": "v3" });
    assert.deepEqual(route?.retries, { attempts: 0 });
  });

  it("changes nothing of other lanes", () => {
    const [plain, own] = [render(parse(byHeader(false))), render(parse(byHeader()))];
    const routes = (objects: typeof plain) =>
      objects
        .filter(({ kind }) => kind === "VirtualService")
        .flatMap(({ spec }) => records(spec.http))
        .filter(({ name }) => !String(name).endsWith("/v3"));
    assert.deepEqual(routes(own), routes(plain));
  });

  it("is not at the gateway where the lane has a weight: by its cookie, too", () => {
    const group = parse(byWeight(byHeader()));
    assert.ok(Object.values(timeouts(group, "shop")).every((timeout) => timeout === "5s"));
    assert.equal(timeouts(group, "shop.mockb")["shop/mockb/v3"], "3s");
  });

  it("is told by explain, hop by hop", () => {
    const told = (input: LaneGroupInput) => {
      const found = explain([parse(input)], { host: "a", path: "/", headers: { "x-tag": "v3" } });
      assert.ok(found.status === "routed");
      return found.outcomes[0]?.hops.map(({ service, policy: words }) => `${service}: ${words?.join(", ")}`);
    };
    assert.deepEqual(told(byHeader()), [
      "mocka: timeout 3s, no retries, request header x-try: v3",
      "mockb: timeout 3s, no retries, request header x-b: 1, request header x-try: v3",
      "mockc: timeout 9s, no retries",
    ]);
    assert.equal(told(byWeight(byHeader()))?.[0], "mocka: timeout 5s, no retries");
  });

  it("is told by diff", () => {
    const texts = (before: LaneGroupInput, after: LaneGroupInput) =>
      diffLanes(sideOf("before", before), sideOf("after", after))
        .changes.filter(({ kind }) => kind === "route-policy")
        .map(({ text }) => text);
    assert.deepEqual(texts(byHeader(false), byHeader()), [
      "lane v3: timeout 3s, request header x-try: v3; before no policy",
    ]);
    assert.deepEqual(texts(byWeight(byHeader(false)), byWeight(byHeader({ timeout: "1s" }))), [
      "lane v3: timeout 1s, not at the gateway, which chooses it by weight; before no policy",
    ]);
    assert.deepEqual(texts(byHeader(), byHeader()), []);
  });

  it("is the same on ASM by routes, and refused by swimlanes", () => {
    const routes = renderRoutes(parse(byHeader())).find(
      ({ kind, metadata }) => kind === "VirtualService" && metadata.name === "shop.mockb",
    );
    assert.equal(records(asRecord(routes?.spec).http)[0]?.timeout, "3s");
    assert.ok(
      problems({ ...byHeader(), asmWay: "swimlanes" }, "asm").includes("g.lanes[2].policy: policy with swimlanes"),
    );
  });

  it("is refused where no request or others would meet it, or Istio would not take it", () => {
    const with2 = (lanes: LaneGroupInput["lanes"]) => problems({ ...byHeader(), lanes });
    assert.deepEqual(with2([{ name: "v1", policy }, { name: "v2" }, { name: "v3" }]), [
      "g.lanes[0].policy: lane v1 is the baseline, whose routes other lanes take too",
    ]);
    assert.deepEqual(
      with2([
        { name: "v1", weight: 50 },
        { name: "v2", services: ["mocka"], weight: 50, policy },
      ]),
      [
        "g.lanes[1].policy: lane v2 has no version of a service that others call, and by weight no route at the gateway",
      ],
    );
    assert.deepEqual(with2([{ name: "v1" }, { name: "v2", policy: { timeout: "1.5" } }]), [
      'g.lanes[1].policy.timeout: got "1.5"',
    ]);
    assert.match(
      with2([{ name: "v1" }, { name: "v2", policy: { headers: { request: { set: { "x-tag": "a" } } } } }]).join(),
      /by which lanes are told/,
    );
  });
});
