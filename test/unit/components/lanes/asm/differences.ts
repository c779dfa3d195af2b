import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { projectRoot } from "../../../../../tools/paths";

/** The YAML documents of a file under test/fixtures/asm, as plain data. */
export function documentObjects(file: string): unknown[] {
  const text = readFileSync(join(projectRoot, "test", "fixtures", "asm", file), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS());
}

/** Path -> what the document has and what we have there, wherever they differ. `-` stands for nothing. */
export function differences(document: unknown, ours: unknown): Record<string, readonly [unknown, unknown]> {
  const [theirs, own] = [leaves(document), leaves(ours)];
  const paths = [...new Set([...theirs.keys(), ...own.keys()])].sort();
  return Object.fromEntries(
    paths
      .filter((path) => theirs.get(path) !== own.get(path))
      .map((path) => [path, [theirs.get(path) ?? "-", own.get(path) ?? "-"] as const]),
  );
}

function leaves(value: unknown, path = ""): Map<string, unknown> {
  if (typeof value !== "object" || value === null) return new Map([[path, value]]);
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [`${path}[${index}]`, item])
    : Object.entries(value).map(([key, item]) => [path === "" ? key : `${path}.${key}`, item]);
  return new Map(entries.flatMap(([at, item]) => [...leaves(item, at)]));
}
