import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, normalize, resolve } from "node:path";
import execa from "execa";
import { loadStackConfig, type RawStackConfig, readStackConfigFile } from "../../config/read";
import { type Problem, UserError } from "../../tools/user-error";
import { nothingOf, type Source } from "./source";

/**
 * What is compared: `main..`, `main..feature`, `main...feature` (from where they parted), `main`, or two files; nothing: the last
 * commit with the working tree.
 */
export interface SourceOptions {
  readonly stack: string;
  readonly from?: string;
  readonly to?: string;
  /** Begin at what the stack last applied, which its state tells. @default false */
  readonly applied?: boolean;
  /** Folder of the checkout. */
  readonly folder: string;
  /** Where the command is run: files are looked for there first, then in the checkout. */
  readonly workingFolder: string;
}

/** A place that a config is read from. */
type Place =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "revision"; readonly revision: string /** In words. */; readonly name?: string }
  | { readonly kind: "working tree" }
  | { readonly kind: "applied" };

/**
 * Both configs. A stack that one of two commits does not have is nothing there: it comes or goes. A file is of no stack, so
 * beside one a stack that is not there is a mistake.
 *
 * @throws UserError when neither has it, or with every problem of a config and the place it is at.
 */
export async function readSources(options: SourceOptions): Promise<{ before: Source; after: Source }> {
  const { stack, folder } = options;
  const [from, to] = await placesOf(options);
  const [before, after] = [await read(from, stack, folder), await read(to, stack, folder)];
  const missing = [...(before ? [] : [from]), ...(after ? [] : [to])];
  const known = before ?? after;
  if (!known || (missing.length === 1 && [from, to].some(({ kind }) => kind === "file"))) {
    const names = [...new Set((await Promise.all(missing.map((place) => stacksAt(place, folder)))).flat())].sort();
    throw new UserError("there is no such stack", [
      {
        path: "--stack",
        got: `got "${stack}", and there is no ${fileOf(stack)} in ${missing.map(nameOf).join(" or ")}`,
        expected: "the name of a stack with a config file",
        fix: names.length === 0 ? "Name a stack that exists." : `Name a stack that exists: ${listed(names)}.`,
      },
    ]);
  }
  const source = (place: Place, found: Read | undefined): Source =>
    found ? { name: nameOf(place), ...found } : nothingOf(`${nameOf(place)} (no such stack)`, known.config);
  return { before: source(from, before), after: source(to, after) };
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** Stacks that have a config file there. */
async function stacksAt(place: Place, folder: string): Promise<string[]> {
  const files =
    place.kind === "revision"
      ? (await git(["ls-tree", "--name-only", await commitOf(place.revision, folder)], folder)).stdout.split("\n")
      : readdirSync(folder);
  return files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

async function placesOf(options: SourceOptions): Promise<[Place, Place]> {
  const { from, to, applied = false } = options;
  if (applied) return [{ kind: "applied" }, appliedTo(options)];
  if (from === undefined) return [{ kind: "revision", revision: "HEAD" }, { kind: "working tree" }];
  if (to !== undefined) return [placeOf(from, options), placeOf(to, options)];
  const range = fileAtHand(from, options) ? undefined : /^(.*?)(\.{2,3})(.*)$/.exec(from);
  if (!range) return [placeOf(from, options), { kind: "working tree" }];
  const [, left = "", dots, right = ""] = range;
  const last: Place = right === "" ? { kind: "working tree" } : placeOf(right, options);
  return [dots === "..." ? await partedAt(left, right, options) : placeOf(left || "HEAD", options), last];
}

/** What is compared with what the stack last applied. */
function appliedTo(options: SourceOptions): Place {
  const { from, to } = options;
  if (from === undefined) return { kind: "working tree" };
  const isRange = fileAtHand(from, options) === undefined && from.includes("..");
  if (to === undefined && !isRange) return placeOf(from, options);
  throw new UserError("lanes diff cannot run like this", [
    {
      path: "--applied",
      got: [from, ...(to === undefined ? [] : [to])].join(" "),
      expected: "one revision or one config file, which is compared with what the stack last applied, or none",
      fix: "Name one, or leave out --applied.",
    },
  ]);
}

/** The merge base: what is compared is what the second did since, and not what the first did. */
async function partedAt(left: string, right: string, { folder }: SourceOptions): Promise<Place> {
  const [one, other] = [left || "HEAD", right || "HEAD"];
  const commits = [await commitOf(one, folder), await commitOf(other, folder)];
  const { exitCode, stdout } = await git(["merge-base", ...commits], folder);
  if (exitCode === 0) return { kind: "revision", revision: stdout.trim(), name: `where ${one} and ${other} parted` };
  throw new UserError("lanes diff cannot run like this", [
    {
      path: `${left}...${right}`,
      got: "the two have no commit in common, as far as this clone goes back",
      expected: "two revisions of one history",
      fix: "Fetch more of the history (`git fetch --unshallow`), or compare them by two dots.",
    },
  ]);
}

/** Path of a file of that name: where the command is run, else in the checkout. */
function fileAtHand(text: string, { folder, workingFolder }: SourceOptions): string | undefined {
  return [resolve(workingFolder, text), resolve(folder, text)].find((path) => existsSync(path));
}

function placeOf(text: string, options: SourceOptions): Place {
  const path = /\.ya?ml$/.test(text) ? fileAtHand(text, options) : undefined;
  return path === undefined ? { kind: "revision", revision: text } : { kind: "file", path };
}

function nameOf(place: Place): string {
  switch (place.kind) {
    case "file":
      return place.path.split("/").at(-1) ?? place.path;
    case "revision":
      return place.name ?? place.revision;
    case "working tree":
      return "the working tree";
    case "applied":
      return "what the stack last applied";
    default:
      return place satisfies never;
  }
}

/** With a name where there is more to say than the place's own. */
type Read = Omit<Source, "name"> & Partial<Pick<Source, "name">>;

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
    case "applied": {
      const { readLastApplied } = await import("../applied/read");
      return readLastApplied(stack, folder);
    }
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
