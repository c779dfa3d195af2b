import { readFileSync } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";
import { quote } from "../components/lanes/validate/problems";
import { projectRoot } from "../tools/paths";
import { type Problem, UserError } from "../tools/user-error";
import { fileError, isRecord } from "../tools/values";
import type { IncludedFile } from "./include";
import { parseStackConfig } from "./parse";
import { configNamespace, type StackConfig } from "./stack";
import { type ReadYaml, readYaml } from "./yaml";

/** Config of a stack as it came, before it is checked. */
export interface RawStackConfig {
  /** Key without the `mesh-lanes:` prefix -> value. */
  readonly values: Record<string, unknown>;
  /** Keys whose value is encrypted in the stack's file. A reader of the file does not have those values. */
  readonly encrypted: ReadonlySet<string>;
  /** Values that could be read in two ways. */
  readonly problems?: readonly Problem[];
}

/**
 * Reads the files that a stack's config includes, and checks and completes all of it. The program and the command line
 * both come through here.
 *
 * @param folder what the paths of included files begin at.
 * @throws UserError with every problem at once.
 */
export function loadStackConfig(raw: RawStackConfig, folder = projectRoot): StackConfig {
  const { values, encrypted, problems = [] } = raw;
  const included = readIncludedFiles(values.include, folder);
  return parseStackConfig(values, {
    files: included.files,
    problems: [...problems, ...included.problems],
    encrypted,
  });
}

/**
 * The `mesh-lanes:` values of a stack file (Pulumi.<stack>.yaml). Those that are encrypted are not readable without the
 * stack's key, so that only their names are there.
 *
 * @throws UserError when the file is missing or is not YAML.
 */
export function readStackConfigFile(path: string): RawStackConfig {
  let read: ReadYaml;
  try {
    read = readYaml(readFileSync(path, "utf8"));
  } catch (error) {
    const fix = "Name a stack that has a file, or correct the file.";
    throw new UserError("The stack's config cannot be read.", [
      { path, got: fileError(error), expected: "a YAML file", fix },
    ]);
  }
  const { document, problems } = read;
  const config = isRecord(document) && isRecord(document.config) ? document.config : {};
  const prefix = `${configNamespace}:`;
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const ours = `config.${prefix}`;
  return {
    values: Object.fromEntries(own.filter(([, value]) => !isEncrypted(value))),
    encrypted: new Set(own.filter(([, value]) => isEncrypted(value)).map(([key]) => key)),
    // Config of other projects and of providers is theirs.
    problems: problems
      .filter((problem) => problem.path.startsWith(ours) || !problem.path.startsWith("config."))
      .map((problem) => ({ ...problem, path: problem.path.replace(ours, "") })),
  };
}

interface IncludedFiles {
  readonly files: readonly IncludedFile[];
  readonly problems: readonly Problem[];
}

function readIncludedFiles(include: unknown, folder: string): IncludedFiles {
  const files: IncludedFile[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  // Anything but a list of texts is for the schema to report.
  for (const [index, file] of Array.isArray(include) ? include.entries() : []) {
    if (typeof file !== "string") continue;
    const path = `include[${index}]`;
    const plain = normalize(file);
    const got = `got ${quote(file)}`;
    if (isAbsolute(file) || plain === ".." || plain.startsWith("../")) {
      const fix = "Name a file inside the project, without / or .. in front.";
      problems.push({ path, got, expected: "a path relative to the folder of the project, inside it", fix });
    } else if (seen.has(plain)) {
      problems.push({ path, got: `${quote(file)} is included twice`, expected: "each file once", fix: "Remove one." });
    } else {
      seen.add(plain);
      try {
        const read = readYaml(readFileSync(join(folder, file), "utf8"));
        files.push({ path: file, document: read.document });
        problems.push(...read.problems.map((problem) => ({ ...problem, path: `${file}: ${problem.path}` })));
      } catch (error) {
        const fix = "Name the right file, or correct it.";
        problems.push({ path, got: `${file}: ${fileError(error)}`, expected: "a YAML file that can be read", fix });
      }
    }
  }
  return { files, problems };
}

/** A system's message ends with the path on this machine, which says nothing new. */

function isEncrypted(value: unknown): boolean {
  return isRecord(value) && "secure" in value;
}
