import assert from "node:assert/strict";
import { drainChanges, movesListeners } from "../../../../../components/lanes/diff/changes/drains";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import type { LaneGroup } from "../../../../../components/lanes/spec";
import { gatewayPods } from "../fixtures";
import { randomPairs } from "./pairs";
import { side } from "./sides";

const options = { gateway: gatewayPods };

/** The groups, of which every other has all that is part of a listener. */
function withListeners(groups: readonly LaneGroup[]): LaneGroup[] {
  return groups.map((group, index) => {
    if (index % 2 > 0) return group;
    const services = group.services.map((service) => ({
      ...service,
      http2: "upgrade" as const,
      versionLabels: Object.fromEntries(service.versions.map((version) => [version, { track: version }])),
    }));
    return { ...group, services, responseHeaders: true, scope: { egress: ["istio-system/*"] } };
  });
}

describe("objects that may be part of a listener", () => {
  it("are all that are, for random groups", () => {
    let seen = 0;
    for (const { before, after } of randomPairs(7, 40)) {
      for (const group of withListeners([...before, ...after])) {
        const all = renderIstio(group, options).filter(movesListeners);
        assert.deepEqual(renderIstio(group, options, "listeners").filter(movesListeners), all);
        seen += all.length;
      }
    }
    assert.ok(seen > 20, String(seen));
  });

  it("make the drains that all objects make", () => {
    const part = { render: (group: LaneGroup) => renderIstio(group, options, "listeners") };
    let seen = 0;
    for (const { before, after: plain } of randomPairs(7, 40)) {
      const after = withListeners(plain);
      const drains = drainChanges(side("before", before), side("after", after));
      assert.deepEqual(drainChanges(side("before", before, part), side("after", after, part)), drains);
      seen += drains.length;
    }
    assert.ok(seen > 5, String(seen));
  });
});
