import assert from "node:assert/strict";
import { validateLaneGroups } from "../../../components/lanes/validate";
import { type ConformanceCase, cases, type Expected } from "../../../conformance/cases";
import { groupInputs, pods, shapes } from "../../../conformance/groups";
import { judge, meets, type Seen } from "../../../conformance/judge";

const services = ["g-a", "g-b"];
const hop = (service: string, version: string) => ({
  ...{ service: "front", version, ip: "10.0.0.1" },
  headers: { host: `${service}.ns:8000` },
});

function seen(versions: readonly string[], more: Partial<Seen> = {}, error?: string): Seen {
  const hops = versions.map((version, index) => hop(services[index] ?? "", version));
  return { status: 200, cookies: [], body: "", chain: { hops, ...(error !== undefined && { error }) }, ...more };
}

const v2: Expected = { versions: ["v2", "v2"] };

describe("judge of the conformance suite", () => {
  const answers: readonly [title: string, expected: Expected, answer: Seen, ok: boolean][] = [
    ["the chain", v2, seen(["v2", "v2"]), true],
    ["another version at the second hop", v2, seen(["v2", "v1"]), false],
    ["a hop too few", v2, seen(["v2"]), false],
    ["a hop too many", { versions: ["v2"] }, seen(["v2", "v2"]), false],
    ["an error in place of a hop", v2, seen(["v2"], { status: 502 }, "503"), false],
    ["an error after the chain", v2, seen(["v2", "v2"], { status: 502 }, "503"), false],
    ["another status", v2, seen(["v2", "v2"], { status: 500 }), false],
    ["another service", v2, { ...seen([]), chain: { hops: [hop("g-a", "v2"), hop("h-b", "v2")] } }, false],
    ["no chain", v2, seen([], { chain: undefined }), false],
    ["the error asked for", { versions: ["v2"], failsWith: 503 }, seen(["v2"], { status: 502 }, "503"), true],
    ["another error", { versions: ["v2"], failsWith: 503 }, seen(["v2"], { status: 502 }, "404"), false],
    ["no error", { versions: ["v2"], failsWith: 503 }, seen(["v2"]), false],
    ["the status", { status: 404 }, seen([], { status: 404, chain: undefined }), true],
    ["the status from an app", { status: 404 }, seen(["v2"], { status: 404 }), false],
    ["no answer", { status: 404 }, seen([], { status: 0, chain: undefined }), false],
  ];
  for (const [title, expected, answer, ok] of answers) {
    it(`${ok ? "takes" : "does not take"} ${title}`, () => assert.equal(meets(expected, answer, services), ok));
  }

  const test: ConformanceCase = { title: "t", group: "g", request: {}, expected: [v2] };

  it("says how many answers are wrong, and what the first was", () => {
    assert.equal(
      judge(test, [seen(["v2", "v2"]), seen(["v2", "v1"])], services),
      "1 of 2: expected v2 -> v2, got v2 -> v1",
    );
  });

  it("fails without an answer", () => {
    assert.equal(judge(test, [], services), "no request was sent");
  });

  it("fails weights that send hardly anyone to a lane", () => {
    const both: ConformanceCase = { ...test, expected: [v2, { versions: ["v1", "v1"] }], weights: "spread" };
    const share = (count: number) => [
      ...Array.from({ length: 100 - count }, () => seen(["v2", "v2"])),
      ...Array.from({ length: count }, () => seen(["v1", "v1"])),
    ];
    assert.equal(judge(both, share(50), services), undefined);
    assert.equal(judge(both, share(10), services), "10 of 100 were v1 -> v1: the weights are not shared out");
  });
});

describe("cases of the conformance suite", () => {
  it("are about groups that are valid on each mesh", () => {
    const inputs = groupInputs({ namespace: "ns", gateway: "ns/gateway" });
    const located = inputs.map((input) => ({ path: input.name, input }));
    for (const mesh of ["istio", "asm"] as const) assert.deepEqual(validateLaneGroups(located, mesh), [], mesh);
    for (const { group } of cases) assert.ok(shapes[group], group);
  });

  it("have titles of their own", () => {
    const titles = cases.map(({ title }) => title);
    assert.equal(new Set(titles).size, titles.length);
  });

  it("take away versions that there are", () => {
    for (const { fault } of cases) assert.ok(!fault || (pods[fault.pods] as readonly string[]).includes(fault.version));
  });
});
