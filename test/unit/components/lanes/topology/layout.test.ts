import assert from "node:assert/strict";
import fc from "fast-check";
import { planLaneGroup } from "../../../../../components/lanes/plan";
import type { LaneGroup } from "../../../../../components/lanes/spec";
import { layoutTopology } from "../../../../../components/lanes/topology/layout";
import { topologyOf } from "../../../../../components/lanes/topology/model";
import { type Box, fontSizes, type PlacedText } from "../../../../../components/lanes/topology/picture";
import { textWidth } from "../../../../../components/lanes/topology/text";
import { s2, s4 } from "../fixtures";
import { permissiveGroups } from "./groups";

const picture = (group: LaneGroup) => layoutTopology(topologyOf(group));
const textBox = ({ text, kind, anchor, at }: PlacedText): Box => {
  const width = textWidth(text, fontSizes[kind]);
  const left = { start: at.x, middle: at.x - width / 2, end: at.x - width }[anchor];
  return { x: left, y: at.y - fontSizes[kind] * 0.8, width, height: fontSizes[kind] };
};
const meet = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const holds = (outer: Box, inner: Box) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, index) => items.slice(index + 1).map((b): [T, T] => [a, b]));
}

describe("layoutTopology", () => {
  it("draws lanes as rows and services as columns (S4)", () => {
    const { nodes } = picture(s4);
    const steps = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
    const ys = steps(nodes.map((node) => node.box.y));
    const xs = steps(nodes.map((node) => node.box.x));
    assert.deepEqual(
      nodes.map(({ lane, service, reason, box }) => [lane, ys.indexOf(box.y), service, xs.indexOf(box.x), reason]),
      [
        ["v1", 0, "mocka", 0, "own"],
        ["v1", 0, "mockb", 1, "own"],
        ["v1", 0, "mockc", 2, "own"],
        ["v2", 1, "mocka", 0, "own"],
        ["v2", 1, "mockb", 1, "fallback"],
        ["v2", 1, "mockc", 2, "own"],
        ["v3", 2, "mocka", 0, "own"],
        ["v3", 2, "mockb", 1, "own"],
        ["v3", 2, "mockc", 2, "fallback"],
      ],
    );
  });

  it("connects the gateway, the lane and its services, and fallbacks with the baseline", () => {
    const { edges } = picture(s4);
    assert.deepEqual(
      edges.filter((edge) => edge.lane === "v3").map(({ kind, from, to }) => `${kind} ${from} ${to}`),
      ["entry gateway v3", "call gateway mocka", "call mocka mockb", "call mockb mockc", "fallback mockc mockc"],
    );
  });

  it("marks the baseline and says what is where", () => {
    const texts = picture(s4).texts.map((text) => text.text);
    for (const text of [
      "shop",
      "baseline",
      "40 % of new clients",
      "30 % of new clients",
      "fallback",
      "mocka",
      ":8000",
    ]) {
      assert.ok(texts.includes(text), text);
    }
    assert.deepEqual(
      picture(s4).lanes.map((lane) => lane.isBaseline),
      [true, false, false],
    );
    assert.ok(!picture(s2).texts.some(({ text }) => text === "fallback" || text === "baseline"));
  });

  it("draws a hole of a strict lane", () => {
    const services = s2.services.map((service) =>
      service.name === "mockb" ? { ...service, versions: ["v1"] } : service,
    );
    const { nodes, edges } = picture({ ...s2, services, baseline: "s1", lanes: s2.lanes.slice(0, 2) });
    const missing = nodes.filter((node) => node.reason === "missing");
    assert.deepEqual(
      missing.map((node) => [node.lane, node.service]),
      [["s2", "mockb"]],
    );
    assert.deepEqual(
      edges.filter((edge) => edge.kind === "fallback"),
      [],
    );
  });

  const property = (title: string, check: (group: LaneGroup) => void) =>
    it(title, () => fc.assert(fc.property(permissiveGroups, check), { numRuns: 50 }));

  property("draws every row of the plan once", (group) => {
    assert.deepEqual(
      picture(group).nodes.map(({ lane, service, reason }) => ({ lane, service, reason })),
      planLaneGroup(group).rows.map(({ lane, service, reason }) => ({ lane, service, reason })),
    );
  });

  property("draws exactly the fallbacks of the plan, each from its lane to the baseline's version", (group) => {
    const { edges, nodes } = picture(group);
    const node = (lane: string | undefined, service: string) =>
      nodes.find((candidate) => candidate.lane === lane && candidate.service === service)?.box;
    const fallbacks = edges.filter((edge) => edge.kind === "fallback");
    assert.deepEqual(
      fallbacks.map(({ lane, from }) => [lane, from]),
      planLaneGroup(group).rows.flatMap((row) => (row.reason === "fallback" ? [[row.lane, row.service]] : [])),
    );
    for (const { lane, from, points } of fallbacks) {
      const [base, own] = [node(group.baseline, from), node(lane, from)];
      assert.ok(base && own);
      // It leaves the baseline on the side of the lane, and so meets none of the arrows of calls there.
      const leaves = (points[0]?.y ?? 0) - (base.y + base.height / 2);
      assert.equal(Math.sign(leaves), Math.sign(own.y - base.y));
      for (const [box, point] of [
        [base, points[0]],
        [own, points.at(-1)],
      ] as const) {
        assert.ok(box && point);
        assert.equal(point.x, box.x + box.width);
        assert.ok(point.y > box.y && point.y < box.y + box.height);
      }
    }
  });

  property("draws every call of every lane once, from the caller's side to the called's", (group) => {
    const { edges, nodes } = picture(group);
    const calls = group.services.flatMap((service) => service.calls.map((to) => `${service.name} ${to}`));
    for (const { name } of group.lanes) {
      const drawn = edges.filter((edge) => edge.kind === "call" && edge.lane === name);
      assert.deepEqual(
        drawn.map(({ from, to }) => `${from} ${to}`).sort(),
        [`gateway ${group.entry.service}`, ...calls].sort(),
      );
      for (const { to, points } of drawn) {
        const box = nodes.find((node) => node.lane === name && node.service === to)?.box;
        const end = points.at(-1);
        assert.ok(box && end);
        assert.ok(end.x >= box.x && end.x <= box.x + box.width && end.y >= box.y && end.y <= box.y + box.height);
      }
    }
  });

  property("lets no text meet another, and none leave the picture or its lane's box", (group) => {
    const { texts, nodes, lanes, gateway, width, height } = picture(group);
    const boxes = texts.map(textBox);
    for (const [a, b] of pairs(boxes)) assert.ok(!meet(a, b), JSON.stringify([a, b]));
    const around = [...nodes.map((node) => node.box), ...lanes.map((lane) => lane.card), gateway];
    for (const box of boxes) {
      assert.ok(holds({ x: 0, y: 0, width, height }, box), JSON.stringify(box));
      for (const outer of around) assert.ok(!meet(outer, box) || holds(outer, box), JSON.stringify([outer, box]));
    }
  });

  property("lets no two boxes meet, and keeps every line inside the picture", (group) => {
    const { nodes, lanes, gateway, edges, width, height } = picture(group);
    const boxes = [...nodes.map((node) => node.box), ...lanes.map((lane) => lane.card), gateway];
    for (const [a, b] of pairs(boxes)) assert.ok(!meet(a, b), JSON.stringify([a, b]));
    for (const { x, y } of edges.flatMap((edge) => edge.points)) assert.ok(x > 0 && y > 0 && x < width && y < height);
  });

  property("draws lines level or upright, and through no box", (group) => {
    const { nodes, lanes, edges } = picture(group);
    const boxes = [...nodes.map((node) => node.box), ...lanes.map((lane) => lane.card)];
    for (const { points } of edges) {
      for (const [index, b] of points.slice(1).entries()) {
        const a = points[index] ?? b;
        assert.ok(a.x === b.x || a.y === b.y);
        const line = {
          x: Math.min(a.x, b.x),
          y: Math.min(a.y, b.y),
          width: Math.abs(a.x - b.x),
          height: Math.abs(a.y - b.y),
        };
        for (const box of boxes) assert.ok(!meet(box, line), JSON.stringify([box, line]));
      }
    }
  });
});
