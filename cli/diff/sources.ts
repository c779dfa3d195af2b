import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, normalize, resolve } from "node:path";
import execa from "execa";
import { parseStackConfig } from "../../config/parse";
import { loadStackConfig, type RawStackConfig, readStackConfigFile } from "../../config/read";
import type { StackConfig } from "../../config/stack";
import { type Problem, UserError } from "../../tools/user-error";

/** A config and what it is called. */
export interface Source {
  readonly name: string;
  readonly config: StackConfig;
  /** See `RawStackConfig`; none where no file was read. */
  readonly ciphers?: ReadonlyMap<string, string>;
}

/** What is compared: `main..`, `main..feature`, `main`, or two files; nothing: the last commit with the working tree. */
export interface SourceOptions {
  readonly stack: string;
  readonly from?: string;
  readonly to?: string;
  /** Folder of the checkout. */
  readonly folder: string;
}

/** A place that a config is read from. */
type Place =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "revision"; readonly revision: string }
  | { readonly kind: "working tree" };

/**
 * Both configs. A stack that one of the two places does not have is an empty one there: it comes or goes.
 *
 * @throws UserError when neither has it, or with every problem of a config and the place it is at.
 */
export async function readSources(options: SourceOptions): Promise<{ before: Source; after: Source }> {
  const { stack, folder } = options;
  const [from, to] = placesOf(options);
  const [before, after] = [await read(from, stack, folder), await read(to, stack, folder)];
  if (!before && !after) {
    throw new UserError("there is no such stack", [
      {
        path: "--stack",
        got: `got "${stack}", and there is no ${fileOf(stack)} in ${nameOf(from)} or ${nameOf(to)}`,
        expected: "the name of a stack with a config file",
        fix: "Name another stack.",
      },
    ]);
  }
  const source = (place: Place, found: Read | undefined): Source =>
    found
      ? { name: nameOf(place), ...found }
      : { name: `${nameOf(place)} (no such stack)`, config: parseStackConfig({}) };
  return { before: source(from, before), after: source(to, after) };
}

function placesOf({ from, to, folder }: SourceOptions): [Place, Place] {
  if (from === undefined) return [{ kind: "revision", revision: "HEAD" }, { kind: "working tree" }];
  if (to !== undefined) return [placeOf(from, folder), placeOf(to, folder)];
  const dots = from.indexOf("..");
  if (dots < 0 || existsSync(resolve(folder, from))) return [placeOf(from, folder), { kind: "working tree" }];
  const [left, right] = [from.slice(0, dots), from.slice(dots + 2).replace(/^\./, "")];
  return [placeOf(left || "HEAD", folder), right === "" ? { kind: "working tree" } : placeOf(right, folder)];
}

function placeOf(text: string, folder: string): Place {
  const path = resolve(folder, text);
  return existsSync(path) && /\.ya?ml$/.test(text) ? { kind: "file", path } : { kind: "revision", revision: text };
}

function nameOf(place: Place): string {
  switch (place.kind) {
    case "file":
      return place.path.split("/").at(-1) ?? place.path;
    case "revision":
      return place.revision;
    case "working tree":
      return "the working tree";
    default:
      return place satisfies never;
  }
}

type Read = Omit<Source, "name">;

async function read(place: Place, stack: string, folder: string): Promise<Read | undefined> {
  switch (place.kind) {
    case "file":
      return inPlace(place, () => loaded(readStackConfigFile(place.path), folder));
    case "working tree": {
      const file = join(folder, fileOf(stack));
      return existsSync(file) ? inPlace(place, () => loaded(readStackConfigFile(file), folder)) : undefined;
    }
    case "revision":
      return readRevision(place, stack, folder);
    default:
      return place satisfies never;
  }
}

function loaded(raw: RawStackConfig, folder: string): Read {
  return { config: loadStackConfig(raw, folder), ...(raw.ciphers && { ciphers: raw.ciphers }) };
}

/** The stack's file and what it includes, as they were: written to a folder of their own and read as ever. */
async function readRevision(
  place: Place & { kind: "revision" },
  stack: string,
  folder: string,
): Promise<Read | undefined> {
  const revision = await commitOf(place.revision, folder);
  const text = await fileAt(revision, fileOf(stack), folder);
  if (text === undefined) return undefined;
  const scratch = mkdtempSync(join(tmpdir(), "lanes-diff-"));
  try {
    const file = join(scratch, fileOf(stack));
    writeFileSync(file, text);
    const raw = inPlace(place, () => readStackConfigFile(file));
    const { include } = raw.values;
    for (const path of Array.isArray(include) ? include : []) {
      // What is no path inside the project is for the reader of the config to report.
      if (typeof path !== "string" || isAbsolute(path) || normalize(path).startsWith("..")) continue;
      const included = await fileAt(revision, normalize(path), folder);
      if (included === undefined) continue;
      mkdirSync(dirname(join(scratch, path)), { recursive: true });
      writeFileSync(join(scratch, path), included);
    }
    return inPlace(place, () => loaded(raw, scratch));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @throws UserError when git does not know the revision. */
async function commitOf(revision: string, folder: string): Promise<string> {
  const { exitCode, stdout, stderr } = await git(
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`],
    folder,
  );
  if (exitCode === 0) return stdout.trim();
  const problem: Problem = {
    path: revision,
    got:
      stderr.trim() === ""
        ? "git knows no such revision, and there is no such file"
        : (stderr.trim().split("\n")[0] ?? ""),
    expected: "a revision such as main, a range such as main.., or a config file",
    fix: "Fetch the revision, or name another.",
  };
  throw new UserError("lanes diff cannot run like this", [problem]);
}

/** Undefined when the commit has no such file. */
async function fileAt(commit: string, path: string, folder: string): Promise<string | undefined> {
  // `./` begins at the folder, which may be a part of the repository.
  const { exitCode, stdout } = await git(["show", `${commit}:./${path}`], folder);
  return exitCode === 0 ? stdout : undefined;
}

function git(args: readonly string[], folder: string) {
  return execa("git", args, { cwd: folder, reject: false, stripFinalNewline: false });
}

function inPlace<T>(place: Place, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${nameOf(place)}: ${error.summary}`, error.problems);
  }
}

function fileOf(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}
