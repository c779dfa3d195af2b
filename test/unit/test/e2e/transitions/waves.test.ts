import assert from "node:assert/strict";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import type { RenderedObject } from "../../../../../components/lanes/object";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";
import { atOnce, inOrder, reversed, type Wave } from "../../../../e2e/transitions/waves";
import { gatewayPods, s4Input } from "../../../components/lanes/fixtures";

const render = (group: LaneGroup): RenderedObject[] => renderIstio(group, { gateway: gatewayPods });
const words = (waves: readonly Wave[]) =>
  waves.map((wave) =>
    (["write", "delete"] as const).flatMap((what) => [...new Set(wave[what].map(({ stage }) => `${what} ${stage}`))]),
  );

describe("the waves of a change", () => {
  const before = laneGroupSchema.parse(s4Input);
  // Other versions: subsets of a service are another object.
  const services = s4Input.services.map((service) => ({ ...service, versions: ["v1", "v2"] }));
  const lanes = [
    { name: "v1", weight: 60 },
    { name: "v2", weight: 40 },
  ];
  const after = laneGroupSchema.parse({ ...s4Input, services, lanes });
  const changes = [{ before, after }];
  const waves = inOrder(changes, render);

  it("are the steps of the update, then routes that are gone, then subsets", () => {
    const [subsets, entry, routes, goneRoutes, goneSubsets] = words(waves);
    assert.ok(subsets?.includes("write subsets"));
    assert.deepEqual(entry, ["write entry-routes"]);
    assert.deepEqual(routes, ["write service-routes"]);
    assert.ok(goneRoutes?.every((word) => word.startsWith("delete") && word.endsWith("routes")));
    assert.ok(goneSubsets?.includes("delete subsets"));
  });

  it("write all of the group after and delete all that is of the group before alone, whatever their order", () => {
    const names = (objects: readonly RenderedObject[]) =>
      objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const gone = names(render(before)).filter((name) => !names(render(after)).includes(name));
    assert.ok(gone.length > 0);
    for (const way of [waves, reversed(changes, render), atOnce(changes, render)]) {
      assert.deepEqual(names(way.flatMap(({ write }) => write)).sort(), names(render(after)).sort());
      assert.deepEqual(names(way.flatMap((wave) => wave.delete)).sort(), gone.sort());
    }
    assert.equal(atOnce(changes, render).length, 2);
  });

  it("end with the subsets when they are reversed", () => {
    assert.ok(words(reversed(changes, render)).at(-1)?.includes("write subsets"));
    assert.ok(words(reversed(changes, render))[0]?.includes("delete subsets"));
  });
});
