import assert from "node:assert/strict";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import type { DiffReport } from "../../../../../components/lanes/diff/report";
import type { DiffSide } from "../../../../../components/lanes/diff/sides";
import { type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { s2Input, s4Input } from "../fixtures";
import { side, sideOf } from "./sides";

const diffOf = (before: LaneGroupInput, after: LaneGroupInput): DiffReport =>
  diffLanes(sideOf("main", before), sideOf("branch", after));
const told = ({ changes }: DiffReport) => changes.map(({ risk, kind, text }) => `${risk} ${kind}: ${text}`);
const settingsOf = (report: DiffReport) => told(report).filter((text) => text.includes(" other-settings: "));
const withSettings = (before: DiffSide["settings"], after: DiffSide["settings"]) => {
  const groups = [laneGroupSchema.parse(s4Input)];
  return diffLanes(side("main", groups, { settings: before }), side("branch", groups, { settings: after }));
};

describe("other settings in a diff", () => {
  it("are told with their path, before and after, and make it a change", () => {
    const report = diffOf(s4Input, { ...s4Input, responseHeaders: true });
    assert.deepEqual(settingsOf(report), ["note other-settings: laneGroups.shop.responseHeaders: false -> true"]);
    assert.notEqual(report.verdict.risk, null);
    const [setting] = report.changes.flatMap((change) => change.setting ?? []);
    assert.deepEqual(setting, { path: "laneGroups.shop.responseHeaders", before: "false", after: "true" });
  });

  it("are to be looked at where they change every object", () => {
    assert.deepEqual(told(diffOf(s4Input, { ...s4Input, clusterDomain: "corp.local" })), [
      'care other-settings: laneGroups.shop.clusterDomain: "cluster.local" -> "corp.local"',
    ]);
  });

  it("of the stack's other sections are told too, those of the mesh and the cluster to be looked at", () => {
    const report = withSettings(
      { mesh: { kind: "istio", version: "1.31.0" }, telemetry: { propagators: ["baggage"] } },
      { mesh: { kind: "istio", version: "1.31.0", revision: "canary" }, telemetry: { propagators: ["tracecontext"] } },
    );
    assert.deepEqual(told(report), [
      'care other-settings: mesh.revision: none -> "canary"',
      'note other-settings: telemetry.propagators: ["baggage"] -> ["tracecontext"]',
    ]);
    assert.equal(report.verdict.text, "No request changes its route. 2 changes: 1 to look at and 1 harmless.");
  });

  it("are not told again where another change tells them", () => {
    const weights = [10, 60, 30];
    const lanes = s4Input.lanes.map((lane, index) => ({ ...lane, weight: weights[index] ?? 0 }));
    assert.deepEqual(settingsOf(diffOf(s4Input, { ...s4Input, lanes })), []);
    assert.deepEqual(settingsOf(diffOf(s4Input, { ...s4Input, policy: { timeout: "3s" } })), []);
    const both = { ...s4Input, lanes, responseHeaders: true };
    assert.deepEqual(settingsOf(diffOf(s4Input, both)), [
      "note other-settings: laneGroups.shop.responseHeaders: false -> true",
    ]);
  });

  it("are told of a policy that another one covers", () => {
    const covered = (timeout: string): LaneGroupInput => ({
      ...s4Input,
      policy: { timeout },
      entry: { ...s4Input.entry, policy: { timeout: "1s" } },
      services: s4Input.services.map((service) => ({ ...service, policy: { timeout: "1s" } })),
    });
    assert.deepEqual(told(diffOf(covered("3s"), covered("4s"))), [
      'note other-settings: laneGroups.shop.policy.timeout: "3s" -> "4s"',
    ]);
  });

  it("name items of lists by their names, and tell another order", () => {
    const lane = { name: "qa", version: "v2", match: { headers: { "x-qa": { exact: "1" } } } };
    const [first, ...others] = [...s4Input.lanes, lane];
    assert.ok(first);
    const report = diffOf({ ...s4Input, lanes: [first, ...others] }, { ...s4Input, lanes: [...others, first] });
    assert.ok(
      settingsOf(report).includes(
        'note other-settings: laneGroups.shop.lanes: ["v1","v2","v3","qa"] -> ["v2","v3","qa","v1"]',
      ),
      told(report).join("\n"),
    );
    const groups = [s2Input, s4Input].map((input) => laneGroupSchema.parse(input));
    assert.deepEqual(settingsOf(diffLanes(side("a", groups), side("b", [...groups].reverse()))), [
      'note other-settings: laneGroups: ["test","shop"] -> ["shop","test"]',
    ]);
  });

  it("that are long are cut so that the difference shows", () => {
    const pem = (end: string) => ({ tls: [{ secret: "shop", source: { certificate: `${"M".repeat(500)}${end}` } }] });
    const [line = ""] = told(withSettings(pem("A"), pem("B")));
    assert.match(line, /^care other-settings: tls\.shop\.source\.certificate: …M{20}A" -> …M{20}B"$/);
  });

  it("are bounded, and the rest is counted", () => {
    const many = (value: number) => ({
      cluster: Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key${index}`, value])),
    });
    const report = withSettings(many(1), many(2));
    assert.equal(report.changes.length, 41);
    assert.ok(told(report).includes("care other-settings: 460 more settings differ: see the files"));
  });

  it("that nobody can see are told by the objects that they change", () => {
    const groups = [laneGroupSchema.parse(s4Input)];
    const other = side("branch", groups, {
      render: (group) => side("", []).render({ ...group, responseHeaders: true }),
    });
    const report = diffLanes(side("main", groups), other);
    assert.match(told(report).join("\n"), /^care other-settings: objects of lane group shop change: \w+/);
  });
});

describe("a service whose pods are found otherwise", () => {
  const routes = (report: DiffReport) =>
    JSON.stringify(Object.values(report.routes.before)) !== JSON.stringify(Object.values(report.routes.after));

  it("by another namespace is told by it", () => {
    const services = s4Input.services.map((one) => (one.name === "mockb" ? { ...one, namespace: "other" } : one));
    const report = diffOf(s4Input, { ...s4Input, services });
    assert.ok(!JSON.stringify(report).includes("by another rule"), told(report).join("\n"));
    assert.ok(
      told(report).some((text) => text.endsWith("another way: mockb in namespace other, before default")),
      told(report).join("\n"),
    );
    assert.ok(routes(report));
    assert.deepEqual(settingsOf(report), []);
  });

  it("by another label is told by it", () => {
    const report = diffOf(s4Input, { ...s4Input, versionLabel: "release" });
    assert.ok(!JSON.stringify(report).includes("by another rule"), told(report).join("\n"));
    assert.ok(
      told(report).some((text) => text.endsWith("another way: versions by pod label release, before ASM_TRAFFIC_TAG")),
      told(report).join("\n"),
    );
    assert.ok(routes(report));
  });

  it("as its own and no longer the baseline's, at the same version, is told so", () => {
    const lanes = (versions: Record<string, string>) =>
      s4Input.lanes.map((lane) => (lane.name === "v2" ? { ...lane, versions } : lane));
    const report = diffOf({ ...s4Input, lanes: lanes({}) }, { ...s4Input, lanes: lanes({ mockb: "v1" }) });
    assert.ok(!JSON.stringify(report).includes("by another rule"), told(report).join("\n"));
  });
});
