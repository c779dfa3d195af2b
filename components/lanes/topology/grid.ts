import { entryLines, type Topology } from "./model";
import { type Box, fontSizes, type TextKind } from "./picture";
import { textWidth } from "./text";
import { assignTracks, type ColumnCall, type TrackedCall } from "./tracks";

/** Lengths in pixels. */
export const sizes = {
  margin: 24,
  /** Height of a node. */
  node: 42,
  /** Between the columns of services: room for arrows and for the line of fallbacks. */
  gap: 64,
  /** From a node's right side to the line of fallbacks of its column. */
  bus: 18,
  /** Between the gateway and the lanes' cards, and between those and the first service. */
  entryGap: 48,
  line: 15,
  badge: 60,
  /** From a node to its nearest track: room for the arrows of calls that come in. */
  firstTrack: 15,
  /** Between tracks. */
  track: 9,
  rowPadding: 9,
} as const;

export interface GridRow {
  readonly top: number;
  readonly bottom: number;
  /** Where nodes, cards and straight arrows are. */
  readonly center: number;
  readonly cardHeight: number;
}

/** Where rows and columns are. */
export interface Grid {
  readonly width: number;
  readonly rowsTop: number;
  /** Lower end of the rows and of the gateway. */
  readonly bottom: number;
  readonly gateway: Box;
  readonly card: { readonly x: number; readonly width: number };
  readonly columns: readonly { readonly x: number; readonly width: number }[];
  readonly rows: readonly GridRow[];
  readonly straight: readonly ColumnCall[];
  readonly tracked: readonly TrackedCall[];
}

/** Rows and columns as wide as their texts, within bounds; longer texts are cut. */
export function gridOf(topology: Topology): Grid {
  const { margin, gap, entryGap } = sizes;
  const gatewayLines = [...topology.gateway.name.split("/"), ...topology.gateway.facts];
  const gatewayWidth = widest(gatewayLines, "name", 16, 100, 190);
  const cardX = margin + gatewayWidth + entryGap;
  const cardWidth = Math.max(
    widest(
      topology.lanes.filter((lane) => lane.isBaseline).map((lane) => lane.name),
      "name",
      24 + sizes.badge,
      130,
      250,
    ),
    widest(
      topology.lanes.map((lane) => lane.name),
      "name",
      24,
      130,
      250,
    ),
    widest(topology.lanes.flatMap(entryLines), "small", 24, 130, 300),
  );
  let x = cardX + cardWidth + entryGap;
  const columns = topology.services.map((service, column) => {
    const cells = topology.lanes.flatMap((lane) => lane.cells[column] ?? []);
    const versions = cells.map((cell) => cell.version ?? "missing");
    const notes = cells.flatMap((cell) => (cell.reason === "fallback" ? ["fallback"] : []));
    const width = Math.max(
      widest([service.name], "heading", 0, 92, 170),
      widest(versions, "name", 16, 92, 170),
      widest(notes, "small", 16, 92, 170),
    );
    const place = { x, width };
    x += width + gap;
    return place;
  });

  const column = new Map(topology.services.map((service, index) => [service.name, index]));
  const calls: ColumnCall[] = [
    ...topology.entryServices.map((name) => ({ from: -1, to: column.get(name) ?? 0 })),
    ...topology.calls.map((call) => ({ from: column.get(call.from) ?? 0, to: column.get(call.to) ?? 0 })),
  ];
  const { straight, tracked, tracks } = assignTracks(calls);
  const rowsTop = margin + 104;
  let y = rowsTop;
  const rows = topology.lanes.map((lane): GridRow => {
    const cardHeight = 34 + entryLines(lane).length * sizes.line - 4;
    const above = Math.max(cardHeight, sizes.node) / 2 + sizes.rowPadding;
    const below =
      Math.max(cardHeight / 2, sizes.node / 2 + (tracks > 0 ? sizes.firstTrack + (tracks - 1) * sizes.track + 4 : 0)) +
      sizes.rowPadding;
    const row = { top: y, center: y + above, bottom: y + above + below, cardHeight };
    y = row.bottom + 6;
    return row;
  });
  const gatewayHeight = (gatewayLines.length + 1) * sizes.line + 24;
  const bottom = Math.max(y - 6, rowsTop + gatewayHeight);
  return {
    width: Math.max(x - gap + sizes.bus + 20 + margin, 560),
    ...{ rowsTop, bottom, columns, rows, straight, tracked },
    gateway: { x: margin, y: rowsTop, width: gatewayWidth, height: bottom - rowsTop },
    card: { x: cardX, width: cardWidth },
  };
}

function widest(texts: readonly string[], kind: TextKind, padding: number, least: number, most: number): number {
  const widths = texts.map((text) => Math.ceil(textWidth(text, fontSizes[kind])) + padding);
  return Math.min(most, Math.max(least, ...widths));
}
