import { type Grid, sizes } from "./grid";
import type { Topology, TopologyLane } from "./model";
import type { PlacedEdge, Point } from "./picture";
import type { TrackedCall } from "./tracks";

/** From the middle of a node to where the line of a fallback meets its side: clear of the arrows of calls. */
const fallbackOffset = 12;

/** All lines of one lane: into it, along its calls, and from what it has not to the baseline's version. */
export function connectLane(topology: Topology, grid: Grid, lane: TopologyLane, row: number): PlacedEdge[] {
  const common = { lane: lane.name, color: row };
  const y = grid.rows[row]?.center ?? 0;
  const name = (column: number) => (column < 0 ? "gateway" : (topology.services[column]?.name ?? ""));
  const call = (from: number, to: number, points: readonly Point[]): PlacedEdge => {
    const hint =
      from < 0 ? `lane ${lane.name} enters at ${name(to)}` : `lane ${lane.name}: ${name(from)} calls ${name(to)}`;
    return { ...common, kind: "call", from: name(from), to: name(to), points, arrow: "end", hint };
  };
  const gateway: PlacedEdge = {
    ...{ ...common, kind: "entry", from: "gateway", to: lane.name, arrow: "end" },
    points: [
      { x: grid.gateway.x + grid.gateway.width, y },
      { x: grid.card.x, y },
    ],
    hint: `lane ${lane.name}: ${lane.entry.join("; ")}`,
  };
  return [
    ...(lane.entry.length > 0 ? [gateway] : []),
    ...grid.straight.map(({ from, to }) =>
      call(from, to, [
        { x: right(grid, from), y },
        { x: left(grid, to), y },
      ]),
    ),
    ...grid.tracked.map((tracked) => call(tracked.from, tracked.to, trackPoints(grid, tracked, y))),
    ...fallbackEdges(topology, grid, lane, row),
  ];
}

function fallbackEdges(topology: Topology, grid: Grid, lane: TopologyLane, row: number): PlacedEdge[] {
  const baselineRow = topology.lanes.findIndex((candidate) => candidate.isBaseline);
  const from = grid.rows[row]?.center;
  const to = grid.rows[baselineRow]?.center;
  if (from === undefined || to === undefined) return [];
  const down = from > to ? 1 : -1;
  return lane.cells.flatMap((cell, column): PlacedEdge[] => {
    if (cell.reason !== "fallback") return [];
    const side = right(grid, column);
    const bus = side + sizes.bus;
    return [
      {
        ...{ kind: "fallback", lane: lane.name, color: row, from: cell.service, to: cell.service, arrow: "start" },
        points: [
          { x: side, y: to + down * fallbackOffset },
          { x: bus, y: to + down * fallbackOffset },
          { x: bus, y: from - down * fallbackOffset },
          { x: side, y: from - down * fallbackOffset },
        ],
        hint: `lane ${lane.name} takes ${cell.service} ${cell.version} of baseline ${topology.baseline}`,
      },
    ];
  });
}

/** Down from the caller, along the track, up to the called; each call has its own places on both. */
function trackPoints(grid: Grid, call: TrackedCall, y: number): Point[] {
  const below = y + sizes.node / 2;
  const track = below + sizes.firstTrack + call.track * sizes.track;
  const outgoing = grid.tracked.filter((other) => other.from === call.from);
  const incoming = grid.tracked.filter((other) => other.to === call.to);
  // Calls go out on the right half of a node and come in on the left half.
  const out = spread(outgoing.indexOf(call), outgoing.length);
  const into = spread(incoming.indexOf(call), incoming.length);
  const start = call.from < 0 ? right(grid, -1) : center(grid, call.from) + out * (width(grid, call.from) / 2);
  const end = center(grid, call.to) - into * (width(grid, call.to) / 2);
  // A lane's card has no room below it: its line leaves from the side.
  const descent: Point[] =
    call.from < 0
      ? [
          { x: start, y },
          { x: start + sizes.entryGap / 3, y },
          { x: start + sizes.entryGap / 3, y: track },
        ]
      : [
          { x: start, y: below },
          { x: start, y: track },
        ];
  return [...descent, { x: end, y: track }, { x: end, y: below }];
}

function spread(index: number, count: number): number {
  return (index + 1) / (count + 1);
}

function left(grid: Grid, column: number): number {
  return column < 0 ? grid.card.x : (grid.columns[column]?.x ?? 0);
}

function width(grid: Grid, column: number): number {
  return column < 0 ? grid.card.width : (grid.columns[column]?.width ?? 0);
}

function right(grid: Grid, column: number): number {
  return left(grid, column) + width(grid, column);
}

function center(grid: Grid, column: number): number {
  return left(grid, column) + width(grid, column) / 2;
}
