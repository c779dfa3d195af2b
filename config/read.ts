import { isAbsolute, join, normalize } from "node:path";
import { quote } from "../components/lanes/validate/problems";
import { projectRoot } from "../tools/paths";
import { type Problem, UserError } from "../tools/user-error";
import { asRecord, fileError } from "../tools/values";
import type { IncludedFile } from "./include";
import { parseStackConfig } from "./parse";
import { ciphersIn, isEncrypted, type Secrets, sealEncrypted, sealPaths } from "./secrets";
import { configNamespace, type StackConfig, sections } from "./stack";
import { stackFileProblems } from "./stack-file";
import { NotUtf8, readText } from "./text";
import { tlsKeyPrefix } from "./tls/tls";
import { type ReadYaml, readYaml } from "./yaml";

/** Config of a stack as it came, before it is checked. */
export interface RawStackConfig {
  /** Key without the `mesh-lanes:` prefix -> value. */
  readonly values: Record<string, unknown>;
  /** Keys whose value is encrypted in the stack's file. A reader of the file does not have those values. */
  readonly encrypted: ReadonlySet<string>;
  /** Encrypted values within sections, which have been taken out of `values`. */
  readonly secrets?: Secrets;
  /** Path of each encrypted value -> its text in the stack's file: another value has another, and so has the same encrypted again. */
  readonly ciphers?: ReadonlyMap<string, string>;
  /** Values that could be read in two ways. */
  readonly problems?: readonly Problem[];
  /** The values as the stack's file has them, by key: `1.10` where the value is 1.1. */
  readonly written?: () => unknown;
}

/**
 * Reads the files that a stack's config includes, and checks and completes all of it. The program and the command line
 * both come through here.
 *
 * @param folder what the paths of included files begin at.
 * @throws UserError with every problem at once.
 */
export function loadStackConfig(raw: RawStackConfig, folder = projectRoot): StackConfig {
  return checkStackConfig(withIncludes(raw, folder));
}

/**
 * The cluster of a stack whose config may be wrong elsewhere: whoever broke it must still be able to stop what runs.
 *
 * @throws UserError with every problem of the whole config, when its cluster cannot be told either.
 */
export function loadClusterConfig(raw: RawStackConfig, folder = projectRoot): StackConfig["cluster"] {
  try {
    return loadStackConfig(raw, folder).cluster;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const cluster = sections.shape.cluster.safeParse(raw.values.cluster);
    if (!cluster.success) throw error;
    return cluster.data;
  }
}

/** Config of a stack with what it includes, still to be checked. */
export interface WholeStackConfig extends RawStackConfig {
  readonly files: readonly IncludedFile[];
}

/** Reads what `include` names. What is wrong with it is among the problems. */
export function withIncludes(raw: RawStackConfig, folder = projectRoot, read = readText): WholeStackConfig {
  const { files, problems } = readIncludedFiles(raw.values.include, folder, read);
  return { ...raw, files, problems: [...(raw.problems ?? []), ...problems] };
}

/** @throws UserError with every problem at once. */
export function checkStackConfig({ values, ...context }: WholeStackConfig): StackConfig {
  return parseStackConfig(values, context);
}

/**
 * Config as the engine hands it over: in clear, with the names of the keys that hold secrets.
 *
 * @param file reads the stack's own file, which tells which values of a key are secret, and how values are written.
 */
export function fromEngine(
  values: Readonly<Record<string, unknown>>,
  secretKeys: ReadonlySet<string>,
  file: () => RawStackConfig | undefined,
): RawStackConfig {
  const sectionKeys = [...secretKeys].filter((key) => !key.startsWith(tlsKeyPrefix));
  const written = () => file()?.written?.();
  if (sectionKeys.length === 0) return { values: { ...values }, encrypted: secretKeys, written };
  const known = file()?.secrets ?? new Map<string, undefined>();
  const encrypted = new Set([...secretKeys].filter((key) => key.startsWith(tlsKeyPrefix)));
  const secrets = new Map<string, string | undefined>();
  const open: Record<string, unknown> = { ...values };
  for (const key of sectionKeys) {
    const taken = sealPaths(values[key], key, new Set(known.keys()));
    if (taken.secrets.size === 0) {
      // Which of its values are secret, nobody says: all of it is left out.
      encrypted.add(key);
      delete open[key];
      continue;
    }
    open[key] = taken.value;
    for (const [path, value] of taken.secrets) secrets.set(path, value);
  }
  return { values: open, encrypted, secrets, written };
}

/**
 * The `mesh-lanes:` values of a stack file (Pulumi.<stack>.yaml). Those that are encrypted are not readable without the
 * stack's key, so that only their names are there.
 *
 * @throws UserError when the file is missing, or is not YAML or not UTF-8.
 */
export function readStackConfigFile(path: string): RawStackConfig {
  try {
    return stackConfigIn(readYaml(readText(path)));
  } catch (error) {
    const otherwise = { expected: "a YAML file", fix: "Name a stack that has a file, or correct the file." };
    throw new UserError("The stack's config cannot be read.", [unreadable(path, fileError(error), error, otherwise)]);
  }
}

/** The `mesh-lanes:` values of a stack file that was read. */
export function stackConfigIn({ document, written, problems }: ReadYaml): RawStackConfig {
  const own = ownConfig(document);
  const ours = `config.${configNamespace}:`;
  const readable = own.flatMap(([key, value]) =>
    isEncrypted(value) ? [] : [[key, sealEncrypted(value, key)] as const],
  );
  return {
    values: Object.fromEntries(readable.map(([key, { value }]) => [key, value])),
    encrypted: new Set(own.filter(([, value]) => isEncrypted(value)).map(([key]) => key)),
    secrets: new Map(readable.flatMap(([, { secrets }]) => [...secrets])),
    ciphers: new Map(own.flatMap(([key, value]) => ciphersIn(value, [key]))),
    // Config of other projects and of providers is theirs.
    problems: [
      ...stackFileProblems(document),
      ...problems
        .filter((problem) => problem.path.startsWith(ours) || !problem.path.startsWith("config."))
        .map((problem) => ({ ...problem, path: problem.path.replace(ours, "") })),
    ],
    written: () => Object.fromEntries(ownConfig(written())),
  };
}

function unreadable(path: string, got: string, error: unknown, otherwise: Pick<Problem, "expected" | "fix">): Problem {
  const { expected, fix } = error instanceof NotUtf8 ? error : otherwise;
  return { path, got, expected, fix };
}

/** Keys of this project without their prefix, and what stands there. */
function ownConfig(document: unknown): (readonly [string, unknown])[] {
  const prefix = `${configNamespace}:`;
  return Object.entries(asRecord(asRecord(document).config))
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
}

interface IncludedFiles {
  readonly files: readonly IncludedFile[];
  readonly problems: readonly Problem[];
}

function readIncludedFiles(include: unknown, folder: string, text: typeof readText): IncludedFiles {
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
        const read = readYaml(text(join(folder, file)));
        files.push({ path: file, document: read.document, written: read.written });
        problems.push(...read.problems.map((problem) => ({ ...problem, path: `${file}: ${problem.path}` })));
      } catch (error) {
        const otherwise = { expected: "a YAML file that can be read", fix: "Name the right file, or correct it." };
        problems.push(unreadable(path, `${file}: ${fileError(error)}`, error, otherwise));
      }
    }
  }
  return { files, problems };
}
