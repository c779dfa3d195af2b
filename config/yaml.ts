import { type Document, isPair, isScalar, isSeq, parseDocument, Scalar, visit } from "yaml";
import { formatPath, quotesFix } from "../components/lanes/zod-problems";
import type { Problem } from "../tools/user-error";

/** A file as it was read. */
export interface ReadYaml {
  readonly document: unknown;
  /** The document with each value as its text in the file: `1.10` where the value is 1.1. Made when it is first asked for. */
  written(): unknown;
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
      const path = () => formatPath(keysOf([...ancestors, node], key));
      if (!other) {
        if (key === "key") problems.push(...keyProblems(node, path));
        return;
      }
      const got = `${node.source} without quotes, which Pulumi reads as ${other.as}`;
      problems.push({ path: path(), got, expected: "a value that has one reading", fix: other.fix });
    },
  });
  const values: unknown = document.toJS();
  // A file with problems is asked for each of them.
  let sources: { readonly made: unknown } | undefined;
  const written = (): unknown => {
    sources ??= { made: withSources(document) };
    return sources.made;
  };
  return { document: values, written, problems };
}

/** By the parser, so that aliases and merge keys lead to the texts that they lead to as values. */
function withSources(document: Document): unknown {
  visit(document, {
    Scalar: (key, node) => {
      if (key !== "key" && node.type === Scalar.PLAIN && typeof node.value !== "string") node.value = node.source;
    },
  });
  return document.toJS();
}

/** A key becomes a text by way of its value: 1.10 would be the key "1.1". */
function keyProblems({ type, source, value }: Scalar, path: () => string): Problem[] {
  const isText = typeof value === "string" || typeof value === "symbol";
  // The engine takes no key that is null.
  if (type !== Scalar.PLAIN || !source || isText || (value !== null && String(value) === source)) return [];
  const got = `the key ${source} without quotes, which is read as ${String(value)}`;
  return [{ path: path(), got, expected: "a key that has one reading", fix: quotesFix(source) }];
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
