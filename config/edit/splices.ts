import {
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  stringify,
  YAMLMap,
  type YAMLSeq,
} from "yaml";
import { readYaml } from "../yaml";

/** Text that takes the place of another. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Another value in the place of one; a text keeps its quotes. */
export function setNode(text: string, node: Node, value: unknown): Splice {
  const [from, to] = [startOf(node), endOf(text, node)];
  const quote = isScalar(node) && typeof value === "string" ? text[from] : undefined;
  const quoted = quote === '"' || quote === "'";
  return { from, to, text: quoted ? quotedText(String(value), quote) : flow(value) };
}

/** A key of a map: its value, or a new key after the last one. */
export function setEntry(text: string, map: YAMLMap, key: string, value: unknown): Splice {
  const pair = pairOf(map, key);
  if (pair?.value) return setNode(text, nodeOf(pair.value), value);
  const entry = `${flow(key)}: ${flow(value)}`;
  const last = map.items.at(-1);
  if (map.flow) return intoFlow(text, map, last && endOfPair(text, last), entry);
  if (!last) throw new Error("it is empty");
  const at = endOfLine(text, endOfPair(text, last));
  return inserted(text, at, [`${" ".repeat(column(text, startOf(nodeOf(map.items[0]?.key))))}${entry}`]);
}

/** Takes a key out of a map, with its line in block style. */
export function deleteEntry(text: string, map: YAMLMap, key: string): Splice {
  const index = map.items.findIndex((item) => isScalar(item.key) && item.key.value === key);
  const pair = map.items[index];
  if (!pair) throw new Error("it comes from a merge key");
  const places = map.items.map((item) => ({ from: startOf(nodeOf(item.key)), to: endOfPair(text, item) }));
  return removed(text, places, index, map.flow === true);
}

/** An item behind the last one of a list, in the style of that one. */
export function addItem(text: string, list: YAMLSeq, value: unknown): Splice {
  const last = list.items.at(-1);
  if (list.flow) return intoFlow(text, list, last ? endOf(text, nodeOf(last)) : undefined, flow(value));
  if (!last) throw new Error("it is empty");
  const node = nodeOf(last);
  const indent = " ".repeat(column(text, dashOf(text, node)));
  const block = isCollection(node) && !node.flow;
  const lines = block ? blockLines(value) : [flow(value)];
  const item = lines.map((line, index) => `${indent}${index === 0 ? "- " : "  "}${line}`);
  return inserted(text, endOfLine(text, endOf(text, node)), item);
}

/** Takes an item out of a list, with its lines in block style. Comments above it stay. */
export function deleteItem(text: string, list: YAMLSeq, index: number): Splice {
  const places = list.items.map((item, at) => {
    const node = nodeOf(item);
    // An anchor or a tag stands in front of its item.
    const start = at === 0 ? behindSpace(text, startOf(list) + 1) : startOf(node);
    return { from: list.flow ? start : dashOf(text, node), to: endOf(text, node) };
  });
  return removed(text, places, index, list.flow === true);
}

interface Place {
  readonly from: number;
  readonly to: number;
}

function removed(text: string, places: readonly Place[], index: number, isFlow: boolean): Splice {
  const [before, own, next] = [places[index - 1], places[index], places[index + 1]];
  if (!own) throw new Error("it does not exist");
  if (places.length === 1) throw new Error("it is the last one, and nothing would be left");
  if (!isFlow && text.slice(startOfLine(text, own.from), own.from).trim() === "") {
    return { from: startOfLine(text, own.from), to: afterLine(text, own.to), text: "" };
  }
  // On a line with others: the first makes room for the next, the others go with what is in front of them.
  const to = next ? (behindComma(text, own.to) ?? next.from) : own.to;
  const splice = before ? { from: before.to, to: own.to } : { from: own.from, to };
  if (text.slice(splice.from, splice.to).includes("#")) throw new Error("a comment stands in the way");
  return { ...splice, text: "" };
}

function intoFlow(text: string, node: YAMLMap | YAMLSeq, end: number | undefined, entry: string): Splice {
  if (end !== undefined) return { from: end, to: end, text: `, ${entry}` };
  const [from, to] = [startOf(node), endOf(text, node)];
  return { from, to, text: node instanceof YAMLMap ? `{ ${entry} }` : `[${entry}]` };
}

/** Lines behind the one that ends there, ended as that one is. */
function inserted(text: string, at: number, lines: readonly string[]): Splice {
  const end = text[at] === undefined ? text.lastIndexOf("\n") : text.indexOf("\n", at);
  const eol = text[end - 1] === "\r" ? "\r\n" : "\n";
  return { from: at, to: at, text: lines.map((line) => `${eol}${line}`).join("") };
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}

function nodeOf(value: unknown): Node {
  if (typeof value === "object" && value !== null && "range" in value) return value as Node;
  throw new Error("it is not in the text");
}

function startOf({ range }: Node): number {
  if (!range) throw new Error("it is not in the text");
  return range[0];
}

/** Where the last sign of a value stands, without comments and empty lines behind it. */
function endOf(text: string, node: Node): number {
  const last = isCollection(node) && !node.flow ? node.items.at(-1) : undefined;
  if (isPair(last)) return endOfPair(text, last);
  if (last !== undefined) return endOf(text, nodeOf(last));
  const [from, to] = node.range ?? [0, 0];
  return from + text.slice(from, to).trimEnd().length;
}

function endOfPair(text: string, { key, value }: Pair): number {
  const end = value ? endOf(text, nodeOf(value)) : 0;
  // A key without a value has an empty one, which may stand anywhere behind it.
  return Math.max(end, endOf(text, nodeOf(key)));
}

/** The dash in front of an item. */
function dashOf(text: string, node: Node): number {
  const first = isMap(node) && !node.flow ? nodeOf(node.items[0]?.key) : node;
  const start = startOf(isSeq(first) ? node : first);
  const line = startOfLine(text, start);
  const dash = text.slice(line, start).lastIndexOf("- ");
  if (dash < 0) throw new Error("its dash stands on another line");
  return line + dash;
}

function startOfLine(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/** Before the line break. */
function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}

function afterLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

function behindSpace(text: string, at: number): number {
  return at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
}

/** Where the next item of a flow collection begins, with its anchor; undefined where no comma is, or a comment behind it. */
function behindComma(text: string, at: number): number | undefined {
  const comma = behindSpace(text, at);
  const next = behindSpace(text, comma + 1);
  return text[comma] === "," && text[next] !== "#" ? next : undefined;
}

function column(text: string, at: number): number {
  return at - startOfLine(text, at);
}

/** In one line, with spaces inside of braces and none inside of brackets. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${flow(key)}: ${flow(item)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return typeof value === "string" ? flowText(value) : String(value);
}

/** A text as it is where that has one reading; what is special in a flow collection is quoted outside of one too. */
function flowText(value: string): string {
  const [, plain = ""] = /^\[ (.*) \]\n$/.exec(stringify([value], { lineWidth: 0, collectionStyle: "flow" })) ?? [];
  const simple = plain !== "" && value !== "<<" && !unprintable.test(value);
  return simple && readYaml(`[${plain}]`).problems.length === 0 ? plain : doubleQuoted(value);
}

/** Signs that would break the line, or that Pulumi does not take in a file. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/u;

function doubleQuoted(value: string): string {
  return JSON.stringify(value).replace(
    new RegExp(unprintable, "gu"),
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function blockLines(value: unknown): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [flow(value)];
  return Object.entries(value).map(([key, item]) => `${flow(key)}: ${flow(item)}`);
}

function quotedText(value: string, quote: string): string {
  return quote === "'" && !value.includes("'") && !unprintable.test(value) ? `'${value}'` : doubleQuoted(value);
}
