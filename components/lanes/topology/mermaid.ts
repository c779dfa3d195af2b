import type { Topology, TopologyLane } from "./model";

/** A line between two nodes, for all the lanes that take it. */
interface Link {
  readonly from: string;
  readonly to: string;
  readonly fallback: boolean;
  readonly lanes: string[];
}

/** GitHub's Mermaid draws no flowchart of more edges than this (its default `maxEdges`). */
export const mermaidEdgeLimit = 500;

/**
 * Lane groups as one Mermaid flowchart: each service a box with the versions that lanes take, each link named for its
 * lanes. A link is dashed where it leads to the baseline's version because the lane has none. Ends with a line break.
 */
export function renderMermaid(topologies: readonly Topology[]): { readonly text: string; readonly edges: number } {
  const groups = topologies.map(flowchartGroup);
  const text = [
    "flowchart LR",
    ...groups.flatMap((group) => group.lines),
    "  classDef baseline stroke-width:3px",
    "  classDef missing stroke-dasharray:2 3",
    "",
  ].join("\n");
  return { text, edges: groups.reduce((sum, group) => sum + group.edges, 0) };
}

function flowchartGroup(topology: Topology, index: number): { lines: string[]; edges: number } {
  const id = `g${index}`;
  const gateway = `${id}gateway`;
  const nodes = new Map<string, string>();
  const boxes = topology.services.map((service, column) => {
    const inner = versionNodes(topology, column).map(({ label, kind }, at) => {
      const node = `${id}s${column}v${at}`;
      nodes.set(`${column} ${label}`, node);
      return `      ${node}("${mermaidText(label)}")${kind ? `:::${kind}` : ""}`;
    });
    return [
      `    subgraph ${id}s${column}["${mermaidText(`${service.name}:${(service.ports ?? [service.port]).join(" :")}`)}"]`,
      ...inner,
      "    end",
    ];
  });
  const nodeOf = (lane: TopologyLane, column: number) =>
    nodes.get(`${column} ${lane.cells[column]?.version ?? "missing"}`) ?? gateway;
  const links = new Map<string, Link>();
  const link = (from: string, lane: TopologyLane, column: number, label: string): void => {
    const fallback = lane.cells[column]?.reason === "fallback";
    const to = nodeOf(lane, column);
    const key = `${from} ${to} ${fallback}`;
    const known = links.get(key) ?? { from, to, fallback, lanes: [] };
    known.lanes.push(label);
    links.set(key, known);
  };
  const column = new Map(topology.services.map((service, at) => [service.name, at]));
  for (const lane of topology.lanes) {
    for (const name of lane.entry.length > 0 ? topology.entryServices : []) {
      const entry = column.get(name);
      if (entry !== undefined) link(gateway, lane, entry, `${laneName(lane)}: ${lane.entry.join("; ")}`);
    }
    for (const call of topology.calls) {
      const [from, to] = [column.get(call.from), column.get(call.to)];
      if (from !== undefined && to !== undefined) link(nodeOf(lane, from), lane, to, lane.name);
    }
  }
  const facts = ["gateway", topology.gateway.name, ...topology.gateway.facts].map(mermaidText).join("<br/>");
  const title = `${topology.group}: ${topology.mode} lanes`;
  const lines = [
    `  subgraph ${id}["${mermaidText(title)}"]`,
    "    direction LR",
    `    ${gateway}(["${facts}"])`,
    ...boxes.flat(),
    ...[...links.values()].map((value) => `    ${linkText(value)}`),
    "  end",
  ];
  return { lines, edges: links.size };
}

/** The versions of a service that lanes take, each once; the baseline's is marked. */
function versionNodes(topology: Topology, column: number): { label: string; kind: string }[] {
  const marked = topology.lanes.find((lane) => lane.isBaseline)?.cells[column]?.version;
  const labels = topology.lanes.flatMap((lane) => {
    const cell = lane.cells[column];
    return cell ? [cell.version ?? "missing"] : [];
  });
  return [...new Set(labels)].map((label) => {
    const missing = topology.lanes.some((lane) => lane.cells[column]?.reason === "missing") && label === "missing";
    return { label, kind: missing ? "missing" : label === marked ? "baseline" : "" };
  });
}

function laneName(lane: TopologyLane): string {
  return lane.isBaseline ? `${lane.name} (baseline)` : lane.name;
}

function linkText({ from, to, fallback, lanes }: Link): string {
  const label = (fallback ? [...lanes, "fallback"] : lanes).map(mermaidText).join("<br/>");
  return `${from} ${fallback ? "-.->" : "-->"}|"${label}"| ${to}`;
}

/**
 * Text inside quotes of a Mermaid label. All but letters, digits, spaces and `_ , / = ( ) - .` is written as a number code:
 * quotes end a label, backquotes begin Markdown, `%%` a comment, `<` HTML. A colon too, since Mermaid reads lines that hold
 * `style…:…#…;` in a way of its own.
 */
export function mermaidText(text: string): string {
  return text.replace(/[^A-Za-z0-9 _,/=().-]/gu, (character) => `#${character.codePointAt(0) ?? 0xfffd};`);
}
