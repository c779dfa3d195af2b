import { isPair, isScalar, isSeq, parseDocument, Scalar, visit } from "yaml";
import { formatPath } from "../components/lanes/zod-problems";
import type { Problem } from "../tools/user-error";

/** A file as it was read. */
export interface ReadYaml {
  readonly document: unknown;
  /** Values that Pulumi would read otherwise, with paths from the top of the file. */
  readonly problems: readonly Problem[];
}

/**
 * Reads YAML as Pulumi's engine does, merge keys and all. What the two would read as different values is a problem: the
 * program gets its config from the engine, and the command line from here.
 *
 * @throws YAMLParseError when it is not YAML.
 */
export function readYaml(text: string): ReadYaml {
  const document = parseDocument(text, { merge: true, version: "1.2" });
  const [error] = [...document.errors, ...document.warnings];
  if (error) throw error;
  const problems: Problem[] = [];
  visit(document, {
    Scalar: (key, node, ancestors) => {
      const other = otherReading(node);
      if (!other) return;
      const path = formatPath(keysOf([...ancestors, node], key));
      const got = `${node.source} without quotes, which Pulumi reads as ${other.as}`;
      problems.push({ path, got, expected: "a value that has one reading", fix: other.fix });
    },
  });
  return { document: document.toJS(), problems };
}

/** Keys and indexes from the top to a value. */
function keysOf(way: readonly unknown[], last: number | "key" | "value" | null): PropertyKey[] {
  return way.flatMap((node, index): PropertyKey[] => {
    const next = way[index + 1];
    if (isPair(node) && isScalar(node.key)) return [String(node.key.source ?? node.key.value)];
    if (isSeq(node)) return [typeof last === "number" && index === way.length - 2 ? last : node.items.indexOf(next)];
    return [];
  });
}

interface OtherReading {
  readonly as: string;
  readonly fix: string;
}

/** What the engine's gopkg.in/yaml.v3 makes of a plain scalar, where that is not what YAML 1.2 says. */
function otherReading({ type, tag, source = "", value }: Scalar): OtherReading | undefined {
  if (value instanceof Uint8Array) return { as: "the text that it encodes", fix: "Write that text." };
  if (type !== Scalar.PLAIN || tag !== undefined) return undefined;
  const quoted = `"${source}"`;
  if (timestamp.test(source)) return { as: "a point in time", fix: `Write ${quoted}.` };
  if (typeof value === "number" && !Number.isFinite(value))
    return { as: "a number that its config cannot hold", fix: `Write ${quoted}.` };
  const number = engineNumber(source);
  if (number === undefined || number === value) return undefined;
  return { as: String(number), fix: `Write ${quoted} for the text, or ${number} for the number.` };
}

const timestamp = /^\d{4}-\d{1,2}-\d{1,2}(([Tt]|\s+)\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?\s*(Z|[-+]\d{1,2}(:\d{2})?)?)?$/;

function engineNumber(source: string): number | undefined {
  const plain = source.replaceAll("_", "");
  const [, sign, digits] = /^([-+]?)(0x[\da-f]+|0o[0-7]+|0b[01]+|0[0-7]+)$/i.exec(plain) ?? [];
  if (digits !== undefined) {
    const size = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits.toLowerCase());
    return sign === "-" ? -size : size;
  }
  return /^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : undefined;
}
