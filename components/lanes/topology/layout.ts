import { connectLane } from "./edges";
import { type Grid, gridOf, sizes } from "./grid";
import { describeTopology, entryLines, type Topology, type TopologyCell, type TopologyLane } from "./model";
import {
  type Box,
  fontSizes,
  type Picture,
  type PlacedLane,
  type PlacedNode,
  type PlacedText,
  type TextKind,
} from "./picture";
import { fitText } from "./text";

/** Places a topology: the gateway on the left, a row for each lane, a column for each service. */
export function layoutTopology(topology: Topology): Picture {
  const grid = gridOf(topology);
  const nodes = topology.lanes.flatMap((lane, row) =>
    lane.cells.map((cell, column) => placeNode(topology, grid, lane, cell, row, column)),
  );
  const legend = placeLegend(topology, grid);
  return {
    width: grid.width,
    height: legend.bottom + sizes.margin,
    title: `Lanes of group ${topology.group}`,
    description: describeTopology(topology),
    gateway: grid.gateway,
    lanes: topology.lanes.map((lane, row) => placeLane(grid, lane, row)),
    nodes,
    edges: topology.lanes.flatMap((lane, row) => connectLane(topology, grid, lane, row)),
    texts: [
      ...heading(topology, grid),
      ...gatewayTexts(topology, grid),
      ...topology.lanes.flatMap((lane, row) => cardTexts(lane, placeLane(grid, lane, row).card)),
      ...topology.lanes.flatMap((lane, row) =>
        lane.cells.flatMap((cell, column) => nodeTexts(cell, nodeBox(grid, row, column))),
      ),
      ...legend.texts,
    ],
    samples: legend.samples,
  };
}

function placeNode(
  topology: Topology,
  grid: Grid,
  lane: TopologyLane,
  cell: TopologyCell,
  row: number,
  column: number,
): PlacedNode {
  const box = nodeBox(grid, row, column);
  const where = `lane ${lane.name}, ${cell.service}`;
  switch (cell.reason) {
    case "own":
      return { lane: lane.name, service: cell.service, reason: "own", box, hint: `${where}: ${cell.version}` };
    case "fallback": {
      const hint = `${where}: no version of its own, so ${cell.version} of baseline ${topology.baseline}`;
      return { lane: lane.name, service: cell.service, reason: "fallback", box, hint };
    }
    case "missing":
      return { lane: lane.name, service: cell.service, reason: "missing", box, hint: `${where}: no version` };
    default:
      return cell.reason satisfies never;
  }
}

function nodeBox(grid: Grid, row: number, column: number): Box {
  const { x, width } = grid.columns[column] ?? { x: 0, width: 0 };
  return { x, y: (grid.rows[row]?.center ?? 0) - sizes.node / 2, width, height: sizes.node };
}

function placeLane(grid: Grid, lane: TopologyLane, row: number): PlacedLane {
  const { top, bottom, center, cardHeight } = grid.rows[row] ?? { top: 0, bottom: 0, center: 0, cardHeight: 0 };
  return {
    lane: lane.name,
    color: row,
    isBaseline: lane.isBaseline,
    band: { x: grid.card.x - 12, y: top, width: grid.width - sizes.margin - grid.card.x + 12, height: bottom - top },
    card: { x: grid.card.x, y: center - cardHeight / 2, width: grid.card.width, height: cardHeight },
  };
}

function heading(topology: Topology, grid: Grid): PlacedText[] {
  const { margin } = sizes;
  const width = grid.width - 2 * margin;
  const y = grid.rowsTop - 26;
  const facts = [`${topology.mode} lanes`, topology.propagation];
  return [
    text("title", topology.group, margin, margin + 16, width),
    text("small", facts.join(" · "), margin, margin + 37, width),
    ...topology.services.flatMap((service, column) => {
      const place = grid.columns[column] ?? { x: 0, width: 0 };
      const middle = place.x + place.width / 2;
      return [
        text("heading", service.name, middle, y, place.width + 16, "middle"),
        text("small", `:${(service.ports ?? [service.port]).join(" :")}`, middle, y + 15, place.width, "middle"),
      ];
    }),
  ];
}

function gatewayTexts(topology: Topology, grid: Grid): PlacedText[] {
  const { x, y, width, height } = grid.gateway;
  const middle = x + width / 2;
  const lines: [TextKind, string][] = [
    ["small", "gateway"],
    ...topology.gateway.name
      .split("/")
      .map((part, index): [TextKind, string] => [index === 0 ? "small" : "name", part]),
    ...topology.gateway.facts.map((fact): [TextKind, string] => ["small", fact]),
  ];
  const first = y + height / 2 - (lines.length * sizes.line) / 2 + 12;
  return lines.map(([kind, line], index) => text(kind, line, middle, first + index * sizes.line, width - 16, "middle"));
}

function cardTexts(lane: TopologyLane, card: Box): PlacedText[] {
  const inside = card.width - 24;
  const badge = lane.isBaseline ? "baseline" : undefined;
  const nameWidth = inside - (badge ? sizes.badge : 0);
  return [
    text("name", lane.name, card.x + 12, card.y + 20, nameWidth),
    ...(badge ? [text("small", badge, card.x + card.width - 12, card.y + 20, sizes.badge, "end")] : []),
    ...entryLines(lane).map((line, index) =>
      text("small", line, card.x + 12, card.y + 20 + (index + 1) * sizes.line, inside),
    ),
  ];
}

function nodeTexts(cell: TopologyCell, box: Box): PlacedText[] {
  const middle = box.x + box.width / 2;
  const inside = box.width - 16;
  const line = (kind: TextKind, words: string, y: number) => text(kind, words, middle, box.y + y, inside, "middle");
  switch (cell.reason) {
    case "own":
      return [line("name", cell.version ?? "", box.height / 2 + 5)];
    case "fallback":
      return [line("name", cell.version ?? "", 18), line("warn", "fallback", 33)];
    case "missing":
      return [line("warn", "missing", box.height / 2 + 4)];
    default:
      return cell.reason satisfies never;
  }
}

function placeLegend(topology: Topology, grid: Grid) {
  const { margin } = sizes;
  const reasons = new Set(topology.lanes.flatMap((lane) => lane.cells.map((cell) => cell.reason)));
  const down = topology.runtimeFallback;
  const every = down.length === topology.services.length ? "" : ` of ${down.join(", ")}`;
  const lines = [
    { reason: "own" as const, words: "the lane's own version" },
    ...(reasons.has("fallback")
      ? [
          {
            reason: "fallback" as const,
            words: `no version of its own: the request takes that of the baseline, lane ${topology.baseline}`,
          },
        ]
      : []),
    ...(reasons.has("missing")
      ? [{ reason: "missing" as const, words: "no version, and nothing to fall back to" }]
      : []),
    ...(down.length > 0
      ? [{ reason: undefined, words: `a version${every} without a healthy endpoint falls back in the same way` }]
      : []),
  ];
  const y = (index: number) => grid.bottom + 20 + index * 20;
  return {
    bottom: y(lines.length - 1) + 4,
    texts: lines.map(({ words }, index) =>
      text("small", words, margin + 34, y(index) + 4, grid.width - 2 * margin - 34),
    ),
    samples: lines.flatMap(({ reason }, index) =>
      reason ? [{ reason, box: { x: margin, y: y(index) - 6, width: 24, height: 12 } }] : [],
    ),
  };
}

function text(
  kind: TextKind,
  words: string,
  x: number,
  y: number,
  width: number,
  anchor: PlacedText["anchor"] = "start",
): PlacedText {
  return { kind, anchor, at: { x, y }, ...fitText(words, fontSizes[kind], width) };
}
