import { readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { LineCounter, parseAllDocuments } from "yaml";
import type { RawDocument } from "../../components/import/objects";
import { filesBelow } from "../../tools/files-below";
import { type Problem, UserError } from "../../tools/user-error";
import { fileError, isRecord } from "../../tools/values";

export interface ReadManifests {
  readonly documents: readonly RawDocument[];
  readonly broken: readonly Problem[];
  /** Documents that are no objects of Kubernetes: values of a chart, a kustomization. */
  readonly others: number;
}

/** What stands for stdin among the files. */
const stdinName = "-";

/**
 * Reads manifests: files, folders with all that is below them, or stdin. A document that is no YAML is told, and the rest is
 * read.
 *
 * @throws UserError when a file or folder cannot be read.
 */
export function readManifests(paths: readonly string[], stdin: () => string = readStdin): ReadManifests {
  const problems: Problem[] = [];
  const texts = paths.flatMap((path) => {
    try {
      return path === stdinName ? [{ file: "stdin", text: stdin() }] : readPath(path);
    } catch (error) {
      const fix = "Name files or folders with manifests, or - for stdin.";
      problems.push({ path, got: fileError(error), expected: "a file or folder that can be read", fix });
      return [];
    }
  });
  if (problems.length > 0) throw new UserError("lanes import cannot read what it is to import", problems);
  const read = texts.map(({ file, text }) => parseManifests(file, text));
  return {
    documents: read.flatMap(({ documents }) => documents),
    broken: read.flatMap(({ broken }) => broken),
    others: read.reduce((sum, { others }) => sum + others, 0),
  };
}

function readStdin(): string {
  return readFileSync(0, "utf8");
}

function readPath(path: string): { readonly file: string; readonly text: string }[] {
  if (!statSync(path).isDirectory()) return [{ file: path, text: readFileSync(path, "utf8") }];
  return filesBelow(path)
    .filter((file) => /\.(ya?ml|json)$/.test(file))
    .sort()
    .map((file) => ({ file: relative(process.cwd(), resolve(file)) || file, text: readFileSync(file, "utf8") }));
}

/** The documents of one file. What a message says of a broken one quotes nothing of it: it may be a Secret. */
export function parseManifests(file: string, text: string): ReadManifests {
  const documents: RawDocument[] = [];
  const broken: Problem[] = [];
  let others = 0;
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { merge: true, prettyErrors: false, lineCounter });
  for (const [index, document] of (Array.isArray(parsed) ? parsed : []).entries()) {
    const place = { file, document: index + 1 };
    const path = `${file}, document ${place.document}`;
    const [error] = document.errors;
    if (error) {
      const { line } = lineCounter.linePos(error.pos[0]);
      const fix = /\{\{/.test(text)
        ? "Render the template first: `helm template ... | lanes import -`."
        : "Correct it; the other documents were read.";
      broken.push({ path, got: `no YAML: ${error.code} in line ${line}`, expected: "a YAML document", fix });
      continue;
    }
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: 1000 });
    } catch {
      const fix = "Write it without anchors.";
      broken.push({ path, got: "aliases that cannot be resolved", expected: "a YAML document", fix });
      continue;
    }
    if (isRecord(value) && value.apiVersion === undefined && value.kind === undefined) others += 1;
    else documents.push({ value, place });
  }
  return { documents, broken, others };
}
