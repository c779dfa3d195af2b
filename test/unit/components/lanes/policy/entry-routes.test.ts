import assert from "node:assert/strict";
import { renderRoutes } from "../../../../../components/lanes/asm/routes";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { explain } from "../../../../../components/lanes/explain";
import { parseLaneGroup } from "../../../../../components/lanes/parse-input";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { problemsOf } from "../../../problems-of";
import { sideOf } from "../diff/sides";
import { s4Input } from "../fixtures";
import { pick } from "../istio/rendered";

type Route = Record<string, unknown> & { name: string };
type Policy = NonNullable<NonNullable<LaneGroupInput["entry"]["routes"]>[number]["policy"]>;

/** S4 with two routes of the entry, of which the first has a policy. */
function withPolicy(policy?: Policy, entryPolicy: object = { timeout: "5s" }): LaneGroupInput {
  const routes = [
    { name: "export", path: { prefix: "/export" }, service: "mockb", ...(policy && { policy }) },
    { name: "search", path: { prefix: "/search" }, service: "mockb" },
  ];
  return { ...s4Input, entry: { ...s4Input.entry, routes, policy: entryPolicy } };
}

const group = (policy?: Policy, entryPolicy?: object): LaneGroup =>
  laneGroupSchema.parse(withPolicy(policy, entryPolicy));
const entryOf = (one: LaneGroup) => pick(one, "VirtualService default/shop").spec.http as Route[];
const problems = (input: LaneGroupInput) =>
  validateLaneGroups([{ path: "g", input }]).map(({ path, got }) => `${path}: ${got}`);

describe("the policy of one of the entry's routes", () => {
  it("is on the routes of its rules and on no others, in place of the entry's", () => {
    const routes = entryOf(group({ timeout: "60s", retries: { attempts: 0 } }));
    const ofExport = routes.filter(({ name }) => name.startsWith("shop/entry/export"));
    const others = routes.filter((route) => !ofExport.includes(route));
    assert.ok(ofExport.length > 1 && others.length > ofExport.length);
    for (const { name, timeout, retries } of ofExport)
      assert.deepEqual([timeout, retries], ["60s", { attempts: 0 }], name);
    for (const { name, timeout, retries } of others) assert.deepEqual([timeout, retries], ["5s", undefined], name);
  });

  it("is not on the routes of its service", () => {
    const routes = pick(group({ timeout: "60s" }), "VirtualService default/shop.mockb").spec.http as Route[];
    for (const { name, timeout } of routes) assert.equal(timeout, undefined, name);
  });

  it("adds changes of headers to those of the entry, and wins over them", () => {
    const entry = { headers: { request: { set: { "x-one": "entry", "x-two": "entry" } } } };
    const found = entryOf(group({ headers: { request: { set: { "x-two": "route" }, remove: ["x-three"] } } }, entry));
    const last = found.find(({ name }) => name === "shop/entry/export");
    const headers = last?.headers as { request: object } | undefined;
    assert.deepEqual(headers?.request, { set: { "x-two": "route", "x-one": "entry" }, remove: ["x-three"] });
  });

  it("gives way to a lane's own", () => {
    const input = withPolicy({ timeout: "60s" });
    const lanes = input.lanes.map(({ weight: _weight, ...lane }) =>
      lane.name === "v2" ? { ...lane, policy: { timeout: "1s" } } : lane,
    );
    const entry = { ...input.entry, header: "x-lane" };
    const one = laneGroupSchema.parse({ ...input, entry, lanes });
    const timeouts = Object.fromEntries(entryOf(one).map(({ name, timeout }) => [name, timeout]));
    assert.equal(timeouts["shop/entry/export/v2"], "1s");
    assert.equal(timeouts["shop/entry/export/v3"], "60s");
    assert.equal(timeouts["shop/entry/search/v3"], "5s");
  });

  it("may be a fault, for some lanes too, which requests by other routes do not meet", () => {
    const fault = { abort: { percent: 100, status: 503 } };
    const faulty = entryOf(group({ fault })).filter((route) => route.fault);
    assert.ok(faulty.length > 0);
    for (const { name } of faulty) assert.match(name, /^shop\/entry\/export/);
  });

  it("is the same on Alibaba Cloud Service Mesh's routes", () => {
    const one = group({ timeout: "60s" });
    const objects = renderRoutes(one);
    const entry = objects.find(({ kind, metadata }) => kind === "VirtualService" && metadata.name === "shop");
    const timeouts = ((entry?.spec.http ?? []) as Route[]).map(({ name, timeout }) => [
      name.startsWith("shop/entry/export"),
      timeout,
    ]);
    assert.ok(timeouts.length > 2);
    for (const [ofExport, timeout] of timeouts) assert.equal(timeout, ofExport ? "60s" : "5s");
  });

  it("is in explain's words", () => {
    const policyAt = (path: string) => {
      const explained = explain([group({ timeout: "60s" })], { path, host: "a" });
      return explained.status === "routed" ? explained.outcomes[0]?.hops[0]?.policy : explained.status;
    };
    assert.deepEqual(policyAt("/export/1"), ["timeout 60s"]);
    assert.deepEqual(policyAt("/search"), ["timeout 5s"]);
  });

  it("is in the diff, as dangerous where it is a fault", () => {
    const texts = (before?: Policy, after?: Policy) =>
      diffLanes(sideOf("before", withPolicy(before)), sideOf("after", withPolicy(after)))
        .changes.filter(({ kind }) => kind === "route-policy" || kind === "other-settings")
        .map(({ risk, text }) => `${risk} ${text}`);
    assert.deepEqual(texts({ timeout: "60s" }, { timeout: "90s" }), [
      "care route export: timeout 90s; before timeout 60s",
    ]);
    assert.deepEqual(texts(undefined, { fault: { abort: { percent: 5, status: 503 } } }), [
      "danger route export: fault: 5 % answered 503, on purpose",
    ]);
    assert.deepEqual(texts({ timeout: "60s" }, { timeout: "60s" }), []);
  });

  it("is checked as the entry's is", () => {
    assert.deepEqual(problems(withPolicy({ timeout: "60s" })), []);
    const wrong: Policy = {
      timeout: "soon",
      headers: { request: { set: { baggage: "a" } } },
      fault: { abort: { percent: 5, status: 503 }, lanes: ["v9"] },
    };
    assert.deepEqual(
      problems(withPolicy(wrong)).map((text) => text.replace(/: .*/, "")),
      ["timeout", "headers.request.baggage", "fault.lanes[0]"].map((key) => `g.entry.routes[0].policy.${key}`),
    );
  });

  it("has neither cors nor mirror", () => {
    for (const policy of [{ cors: { allowOrigins: ["*"] } }, { mirror: { lane: "v2", percent: 5 } }]) {
      const [first, ...rest] = problemsOf(() => parseLaneGroup(withPolicy(policy as Policy)));
      assert.deepEqual(rest, []);
      assert.match(first?.path ?? "", /entry\.routes\[0\]\.policy/);
    }
  });
});
