import assert from "node:assert/strict";
import { routesOf } from "../../../../../cli/diff/words";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import type { DiffReport } from "../../../../../components/lanes/diff/report";
import type { DiffSide } from "../../../../../components/lanes/diff/sides";
import { type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { transitionFaults } from "../../../../../components/lanes/transition/check";
import type { Fault } from "../../../../../components/lanes/transition/fault";
import { labelledInput, s4Input, strictlyLabelledInput } from "../fixtures";
import { side } from "./sides";

type Labels = Readonly<Record<string, string>>;

const canary = (labels: Labels, base: LaneGroupInput = labelledInput): LaneGroupInput => ({
  ...base,
  services: base.services.map((service) =>
    service.name === "cart" ? { ...service, versionLabels: { v1: { track: "stable" }, v2: labels } } : service,
  ),
});
const parse = (input: LaneGroupInput) => laneGroupSchema.parse(input);
const changed = canary({ track: "canary", release: "c" });
const diffOf = (before: LaneGroupInput, after: LaneGroupInput, more: Partial<DiffSide>[] = []): DiffReport =>
  diffLanes(side("main", [parse(before)], more[0]), side("branch", [parse(after)], more[1]));
const told = ({ changes }: DiffReport) => changes.map(({ risk, kind, text }) => `${risk} ${kind}: ${text}`);
const faults = (before: LaneGroupInput, after: LaneGroupInput) =>
  transitionFaults({ before: parse(before), after: parse(after) }).map(words);
const words = ({ kind, lane, service, moment }: Fault) => `${kind} ${lane ?? "no lane"} ${service} ${moment}`;

describe("a diff of labels of versions", () => {
  it("tells that the lane meets other pods, and by which labels", () => {
    const report = diffOf(labelledInput, changed);
    assert.deepEqual(told(report), [
      "care moved: requests with x-lane-entry: v2: lane v2 another way: cart v2 by pod labels track=canary,release=c, before labels track=canary,release=b",
    ]);
    const [region] = report.moves[0]?.regions ?? [];
    assert.ok(region);
    assert.deepEqual(routesOf(report, region), {
      before: ["lane v2: gateway -> web v2 -> cart v2 by track=canary,release=b -> prices v2"],
      after: ["lane v2: gateway -> web v2 -> cart v2 by track=canary,release=c -> prices v2"],
    });
  });

  it("tells a service that gets a label of its own, and one of a version that no lane meets as a setting", () => {
    const own = labelledInput.services.map((service) =>
      service.name === "prices" ? { ...service, versionLabel: "release" } : service,
    );
    const texts = told(diffOf(labelledInput, { ...labelledInput, services: own }));
    assert.ok(
      texts.some((text) => text.includes("prices v1 by pod label release=v1, before label version=v1")),
      texts.join("\n"),
    );
    assert.ok(!texts.some((text) => text.includes("other-settings")), texts.join("\n"));
    const unused = { ...labelledInput, lanes: [{ name: "v1" }] };
    assert.deepEqual(told(diffOf(unused, { ...changed, lanes: unused.lanes })), [
      'care other-settings: laneGroups.labelled.services.cart.versionLabels.v2.release: "b" -> "c"',
    ]);
  });

  it("warns where pods of this program get their labels before the subsets look for them", () => {
    const running = (labels: Labels): Partial<DiffSide> => ({
      workloads: [
        {
          ...{ name: "cart", namespace: "shop", versions: ["v1", "v2"] },
          pods: {
            source: JSON.stringify(labels),
            of: (version) =>
              version === "v1"
                ? { image: "cart:1", others: "", labels: { app: "cart", track: "stable" } }
                : { image: "cart:2", others: JSON.stringify(labels), labels },
          },
        },
      ],
    });
    const [old, now] = [
      { track: "canary", release: "b" },
      { track: "canary", release: "c" },
    ];
    const texts = told(diffOf(labelledInput, changed, [running(old), running(now)]));
    assert.ok(
      texts.includes(
        "danger order: requests in lane v2 are sent to a version that nothing runs at cart while subsets change. Give the new labels to pods of a version with another name, add a lane with it, shift to it, then remove the old one.",
      ),
      texts.join("\n"),
    );
    // Pods that have the labels of before too are found all the while.
    const fewer = canary({ track: "canary" });
    const both = told(diffOf(labelledInput, fewer, [running(old), running(old)]));
    assert.ok(!both.some((text) => text.includes("danger")), both.join("\n"));
  });
});

describe("the transition to other labels of versions", () => {
  it("is that to other versions", () => {
    // One service of a chain: each request meets the pods of before or those of after.
    assert.deepEqual(faults(labelledInput, changed), []);
    const all = {
      ...changed,
      services: changed.services.map((service) =>
        service.name === "prices" ? { ...service, versionLabel: "release" } : service,
      ),
    };
    const mixed = faults(labelledInput, all);
    assert.ok(mixed.includes("mixed v2 cart while subsets change"), mixed.join("\n"));
    // A version that comes in the same update makes another object of the subsets: the older one counts until it is deleted.
    const more = {
      ...all,
      services: all.services.map((service) => ({
        ...service,
        versions: ["v1", "v2", "v3"],
        ...(service.versionLabels && { versionLabels: { ...service.versionLabels, v3: { track: "next" } } }),
      })),
      lanes: [...all.lanes, { name: "v3" }],
    };
    const late = faults(labelledInput, more);
    assert.ok(late.includes("mixed v2 cart while subsets and pods are deleted"), late.join("\n"));
    assert.ok(!late.some((text) => text.endsWith("while subsets change")), late.join("\n"));
  });

  it("finds strict callers whose new labels the routes do not know yet", () => {
    const relabelled = canary({ track: "canary", release: "c" }, strictlyLabelledInput);
    const found = faults(strictlyLabelledInput, relabelled);
    assert.ok(
      found.some((text) => text.startsWith("mixed v2 prices")),
      found.join("\n"),
    );
    const { baseline: _, ...without } = strictlyLabelledInput;
    const alone = { ...without, entry: { ...without.entry, unmatched: "reject" } };
    const lost = faults(alone, canary({ track: "canary", release: "c" }, alone));
    assert.ok(lost.includes("no-route v2 prices while subsets change"), lost.join("\n"));
  });

  it("finds nothing where the labels stay", () => {
    assert.deepEqual(faults(labelledInput, labelledInput), []);
    // Written as a map, the label is the same.
    const map = Object.fromEntries(["v1", "v2", "v3"].map((version) => [version, { ASM_TRAFFIC_TAG: version }]));
    const services = s4Input.services.map((service) => ({ ...service, versionLabels: map }));
    assert.deepEqual(faults(s4Input, { ...s4Input, services }), []);
  });
});
