import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseLaneGroup, parseLaneGroups } from "../../../../components/lanes/parse-input";
import type { LaneGroupInput } from "../../../../components/lanes/spec";
import { UserError } from "../../../../tools/user-error";
import { problemsOf as refusals } from "../../problems-of";
import { s4, s4Input } from "./fixtures";

function problemsOf(parse: () => unknown): string[] {
  try {
    parse();
  } catch (error) {
    assert.ok(error instanceof UserError);
    return [error.summary, ...error.problems.map(({ path, got }) => `${path}: ${got}`)];
  }
  return [];
}

describe("parseLaneGroups", () => {
  it("completes groups that are valid, in their order", () => {
    const other: LaneGroupInput = {
      ...{ name: "other", mode: "strict", namespace: "other", baseline: "v1", lanes: [{ name: "v1" }] },
      services: [{ name: "web", port: 80, versions: ["v1"] }],
      entry: { service: "web", gateway: "istio-system/other", hosts: ["other.example.com"] },
    };
    const [first, second] = parseLaneGroups([s4Input, other]);
    assert.deepEqual(first, s4);
    assert.equal(second?.name, "other");
  });

  it("judges the groups with one another, and tells what is wrong with each at once", () => {
    const found = problemsOf(() => parseLaneGroups([s4Input, { ...s4Input, baseline: "v9" }]));
    assert.ok(found.includes('laneGroups[1].baseline: unknown lane "v9"'), found.join("\n"));
    assert.ok(
      found.some((line) => line.startsWith("laneGroups[1].name: ")),
      found.join("\n"),
    );
  });

  it("judges those of the right shape although another has not", () => {
    const raw = { ...s4Input, mode: "strickt" } as unknown as LaneGroupInput;
    assert.deepEqual(
      problemsOf(() => parseLaneGroups([raw, { ...s4Input, baseline: "v9" }], { path: "groups" })).slice(1),
      ['groups[0].mode: got "strickt"', 'groups[1].baseline: unknown lane "v9"'],
    );
  });

  it("says once that a cookie takes no regex", () => {
    const lanes = [
      { name: "v1", weight: 100 },
      { name: "v2", match: { cookies: { canary: { regex: "a.*" } } } },
    ];
    const raw = { ...s4Input, lanes } as unknown as LaneGroupInput;
    assert.deepEqual(
      refusals(() => parseLaneGroup(raw, { path: "shop" })),
      [
        {
          path: "shop.lanes[1].match.cookies.canary.regex",
          got: 'unknown key "regex"',
          expected: "a text (matched exactly), or one of { exact }, { prefix }; cookies take no regex",
          fix: "Write a text (matched exactly), or one of { exact }, { prefix }; cookies take no regex.",
        },
      ],
    );
  });

  it("says that the lane group itself is no map, by its path", () => {
    const [, problem] = problemsOf(() => parseLaneGroup("shop" as unknown as LaneGroupInput, { path: "shop" }));
    assert.match(problem ?? "", /^shop: /);
  });

  it("judges for the mesh that is named", () => {
    const { lanes, ...rest } = s4Input;
    const input: LaneGroupInput = { ...rest, lanes, traceHeader: "x-request-id" };
    assert.deepEqual(
      problemsOf(() => parseLaneGroup(input, { mesh: "asm" })),
      [],
    );
    assert.ok(problemsOf(() => parseLaneGroup(input)).length > 0);
  });

  it("refuses outputs by their place: they are known only during the update", () => {
    const input = {
      ...s4Input,
      lanes: [{ name: "v1", weight: pulumi.output(100) }],
      entry: { ...s4Input.entry, hosts: [pulumi.secret("shop.example.com")] },
    } as unknown as LaneGroupInput;
    assert.deepEqual(
      problemsOf(() => parseLaneGroup(input)),
      [
        "The lane group has 2 problems.",
        "laneGroup.entry.hosts[0]: an output of a resource",
        "laneGroup.lanes[0].weight: an output of a resource",
      ],
    );
  });
});
