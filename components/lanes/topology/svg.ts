import type { Box, Picture, PlacedEdge, PlacedLane, PlacedNode, PlacedText, Point } from "./picture";
import { laneClass, styleSheet } from "./style";

/** Between the pictures of two groups, in pixels. */
const spaceBetween = 8;

/**
 * Pictures, one below the other, as one SVG document: well-formed XML that needs no script, font or file, and is readable
 * in light and in dark. Ends with a line break.
 */
export function renderSvg(pictures: readonly Picture[]): string {
  const width = Math.max(0, ...pictures.map((picture) => picture.width));
  const tops = pictures.map((_, index) =>
    pictures.slice(0, index).reduce((y, picture) => y + picture.height + spaceBetween, 0),
  );
  const height = (tops.at(-1) ?? 0) + (pictures.at(-1)?.height ?? 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="lanes-topology" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}" role="img" aria-labelledby="lanes-title lanes-description">`,
    `<title id="lanes-title">${escapeXml(pictures.map((picture) => picture.title).join(", "))}</title>`,
    `<desc id="lanes-description">${escapeXml(pictures.map((picture) => picture.description).join(" "))}</desc>`,
    `<style>\n${escapeXml(styleSheet(), false)}\n</style>`,
    `<rect class="page" width="${n(width)}" height="${n(height)}" rx="8"/>`,
    ...pictures.map((picture, index) => `<g transform="translate(0 ${n(tops[index] ?? 0)})">\n${body(picture)}\n</g>`),
    "</svg>\n",
  ].join("\n");
}

function body(picture: Picture): string {
  const colors = new Map(picture.lanes.map((lane) => [lane.lane, lane.color]));
  // Lines go below boxes, and solid ones below dashed ones.
  const edges = [...picture.edges].sort((a, b) => Number(a.kind === "fallback") - Number(b.kind === "fallback"));
  return [
    ...picture.lanes.map(bandSvg),
    rect("gateway", picture.gateway, 8),
    ...edges.map(edgeSvg),
    ...picture.lanes.map((lane) => rect(`card ${laneClass(lane.color)}`, lane.card, 6)),
    ...picture.nodes.map((node) => nodeSvg(node, colors.get(node.lane) ?? 0)),
    ...picture.samples.map(({ reason, box }) => rect(`node ${reason}`, box, 3)),
    ...picture.texts.map(textSvg),
  ].join("\n");
}

function bandSvg(lane: PlacedLane): string {
  return rect(lane.isBaseline ? "band baseline" : "band", lane.band, 8);
}

function nodeSvg(node: PlacedNode, color: number): string {
  const kind = node.reason === "own" ? laneClass(color) : node.reason;
  return rect(`node ${kind}`, node.box, 8, node.hint);
}

function edgeSvg(edge: PlacedEdge): string {
  const kind = edge.kind === "fallback" ? "fallback" : laneClass(edge.color);
  const points = edge.points.map((point) => `${n(point.x)},${n(point.y)}`).join(" ");
  const [tip, before] = edge.arrow === "end" ? [edge.points.at(-1), edge.points.at(-2)] : edge.points;
  const arrow = tip && before ? `<path class="arrow ${kind}" d="${arrowPath(before, tip)}"/>` : "";
  return `<g><title>${escapeXml(edge.hint)}</title><polyline class="line ${kind}" points="${points}"/>${arrow}</g>`;
}

/** A triangle whose tip is where the line ends. Lines are level or upright. */
function arrowPath(from: Point, tip: Point): string {
  const length = 8;
  const half = 4;
  const dx = Math.sign(tip.x - from.x);
  const dy = Math.sign(tip.y - from.y);
  const base = { x: tip.x - dx * length, y: tip.y - dy * length };
  const corner = (side: number) => `${n(base.x + dy * half * side)} ${n(base.y + dx * half * side)}`;
  return `M${n(tip.x)} ${n(tip.y)}L${corner(1)}L${corner(-1)}Z`;
}

function textSvg({ kind, anchor, at, text, full }: PlacedText): string {
  const classes = anchor === "start" ? kind : `${kind} ${anchor}`;
  const hint = full === undefined ? "" : `<title>${escapeXml(full)}</title>`;
  return `<text class="${classes}" x="${n(at.x)}" y="${n(at.y)}">${hint}${escapeXml(text)}</text>`;
}

function rect(classes: string, { x, y, width, height }: Box, radius: number, hint?: string): string {
  const shape = `<rect class="${classes}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${radius}"`;
  return hint === undefined ? `${shape}/>` : `${shape}><title>${escapeXml(hint)}</title></rect>`;
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Text for XML 1.0. What XML cannot hold at all (control characters, half surrogates) becomes U+FFFD. */
export function escapeXml(text: string, quotes = true): string {
  const safe = text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
  return quotes ? safe.replaceAll('"', "&quot;").replaceAll("'", "&#39;") : safe;
}
