import assert from "node:assert/strict";
import { type HopPicture, hopPictures, type Picture, pictureLines } from "../../../../../cli/rollout/live/picture";
import { Tally } from "../../../../../components/lanes/analysis/tally";
import { laneGroupSchema } from "../../../../../components/lanes/spec";

const hop = (service: string, more: Partial<HopPicture> = {}): HopPicture => ({
  service,
  canary: { requests: 120, errors: 0, p95: 12 },
  baseline: { requests: 1080, errors: 1, p95: 11 },
  ...more,
});
const watching = { what: "watch", step: 10, elapsed: 12_000, pause: 60_000, patience: 600_000 } as const;
const picture: Picture = {
  canary: "v2",
  baseline: "v1",
  steps: [10, 50, 100],
  doing: watching,
  hops: [hop("mocka"), hop("mockb"), hop("mockc", { canary: { requests: 0, errors: 0 } })],
  verdict: [],
};
const wide = { columns: 100, rows: 40 };

describe("the live picture of a rollout", () => {
  it("tells step, time left, what both lanes met at each hop, and the last verdict", () => {
    assert.deepEqual(pictureLines(picture, wide), [
      "step 10 % (1 of 3): 48 s left",
      "         v2                             v1",
      "         requests    errors      95 %   requests    errors      95 %",
      "  mocka       120     0.0 %     12 ms      1,080     0.1 %     11 ms",
      "  mockb       120     0.0 %     12 ms      1,080     0.1 %     11 ms",
      "  mockc         0         -         -      1,080     0.1 %     11 ms",
      "last verdict: none yet",
    ]);
  });

  it("tells what is done when nothing is watched, and that it waits for traffic", () => {
    const first = (more: Partial<Picture>) => pictureLines({ ...picture, hops: [], ...more }, wide)[0];
    assert.equal(first({ doing: { what: "update", step: 50, elapsed: 4400 } }), "step 50 % (2 of 3): update, 4 s");
    assert.equal(first({ doing: { what: "update", step: "roll back", elapsed: 0 } }), "roll back: update, 0 s");
    assert.equal(first({ doing: { ...watching, pause: 300_000 } }), "step 10 % (1 of 3): 4:48 left");
    const late = { ...watching, elapsed: 90_000 };
    assert.equal(first({ doing: late }), "step 10 % (1 of 3): waiting for more traffic, 8:30 left");
  });

  it("shows all lines of the last verdict", () => {
    const verdict = ["step 10 %: mockc v2: 31.0 % errors (31 of 100)", "step 10 %: seen at mockb too, which calls it"];
    assert.deepEqual(pictureLines({ ...picture, hops: [], verdict }, wide).slice(1), [
      `last verdict: ${verdict[0]}`,
      `  ${verdict[1]}`,
    ]);
  });

  it("is a list where the terminal is too narrow for the table", () => {
    assert.deepEqual(pictureLines({ ...picture, hops: [hop("mocka")] }, { columns: 40, rows: 40 }), [
      "step 10 % (1 of 3): 48 s left",
      "  mocka",
      "    v2 120, 0.0 % errors, 12 ms",
      "    v1 1,080, 0.1 % errors, 11 ms",
      "last verdict: none yet",
    ]);
  });

  it("never has a line as long as the terminal is wide, nor as many as it is high", () => {
    const hops = Array.from({ length: 30 }, (_, index) => hop(`a-service-with-a-long-name-${index}`));
    const verdict = Array.from({ length: 3 }, () =>
      "a verdict that says a lot of what is wrong with a lane ".repeat(3),
    );
    for (let columns = 1; columns < 130; columns += 1) {
      for (const rows of [1, 2, 3, 5, 8, 13, 24, 60]) {
        const lines = pictureLines({ ...picture, hops, verdict }, { columns, rows });
        assert.ok(lines.length <= Math.max(1, rows - 1), `${lines.length} lines of ${rows}`);
        for (const line of lines)
          assert.ok(line.length < Math.max(2, columns), `${line.length} of ${columns}: ${line}`);
      }
    }
  });

  it("says how many hops there is no room for", () => {
    const hops = Array.from({ length: 30 }, (_, index) => hop(`s${index}`));
    const lines = pictureLines({ ...picture, hops }, { columns: 100, rows: 10 });
    assert.equal(lines.length, 9);
    assert.deepEqual(lines.slice(-2), ["  and 26 more", "last verdict: none yet"]);
    const narrow = pictureLines({ ...picture, hops }, { columns: 40, rows: 10 });
    assert.deepEqual(narrow.slice(-2), ["  and 28 more", "last verdict: none yet"]);
  });

  it("counts the hops of which both lanes have a version", () => {
    const group = laneGroupSchema.parse({
      name: "shop",
      mode: "permissive",
      services: [
        { name: "web", port: 80, versions: ["v1", "v2"] },
        { name: "cart", port: 80, versions: ["v1"] },
      ],
      entry: { service: "web", gateway: "istio-system/ingressgateway" },
      routeHeader: "x-lane",
      baseline: "v1",
      lanes: [{ name: "v1" }, { name: "v2" }],
    });
    const tally = new Tally();
    for (let n = 0; n < 20; n += 1) {
      tally.add({ lane: "v2", service: "web", failed: n === 0, milliseconds: n + 1, fellBack: false });
    }
    assert.deepEqual(hopPictures(group, "v2", "v1", tally), [
      { service: "web", canary: { requests: 20, errors: 1, p95: 20 }, baseline: { requests: 0, errors: 0 } },
      { service: "cart", canary: { requests: 0, errors: 0 }, baseline: { requests: 0, errors: 0 } },
    ]);
  });
});
