import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { diskFull } from "../../tools/disk/full";
import { writeFiles as writeAllFiles } from "../../tools/disk/write-file";
import { filesBelow } from "../../tools/files-below";
import { existing, makeFolder } from "../../tools/make-folder";
import { type Problem, UserError } from "../../tools/user-error";
import { fileError } from "../../tools/values";
import { type Manifest, type NotRendered, type Rendered, rankOf } from "./manifests";

/** kubectl reads YAML 1.1, where `yes` and `on` are no texts. */
const yamlOptions = { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false } as const;

/** All objects as one stream of YAML documents. */
export function toStream(manifests: readonly Manifest[]): string {
  return manifests.map(({ object }) => `---\n${stringify(object, yamlOptions)}`).join("");
}

/** Path below the folder of an object: `cluster/80-virtualservice.shop.mocka.yaml`. */
function pathOf({ api, kind, namespace, name }: Manifest): string {
  const parts = [`${rankOf(kind)}-${kind.toLowerCase()}`, ...(namespace === "" ? [] : [namespace]), name];
  return join(api, `${parts.join(".")}.yaml`);
}

const leftFile = "not-rendered.txt";

/**
 * Writes one file for each object. Files of an earlier run whose object is gone are removed; a file that this stack's
 * `lanes render` did not write stays as it is.
 *
 * @returns how many files were written, as new or with other content, and how many were removed.
 * @throws UserError when a file is in the way or the folder cannot be made, before anything is written; or when a file cannot
 *   be written.
 */
export function writeFiles(rendered: Rendered, stack: string, folder: string): Written {
  try {
    return writeAll(rendered, stack, folder);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const full = diskFull(error, folder);
    if (full) throw full;
    const expected = "a folder that files can be written to";
    throw new UserError("lanes render cannot write there", [
      { path: `--output ${folder}`, got: fileError(error), expected, fix: "Name another folder." },
    ]);
  }
}

interface Written {
  readonly written: number;
  readonly removed: number;
}

function writeAll({ manifests, left }: Rendered, stack: string, folder: string): Written {
  const mark = `# Made by lanes render from stack ${stack}. Do not edit.\n`;
  const files = new Map([
    ...manifests.map((manifest) => [pathOf(manifest), mark + stringify(manifest.object, yamlOptions)] as const),
    ...(left.length > 0 ? [[leftFile, `${mark}${leftText(left)}\n`] as const] : []),
  ]);
  if (files.size !== manifests.length + (left.length > 0 ? 1 : 0)) throw new Error("two objects have one file");
  const wanted = new Set([...files.keys()].map((path) => join(folder, path)));
  requireFolders(folder, wanted);
  const found = filesBelow(folder);
  const ours = new Map<string, string>();
  const problems: Problem[] = [];
  for (const path of found) {
    if (!/\.(yaml|txt)$/.test(path)) continue;
    const text = readFileSync(path, "utf8");
    if (text.startsWith(mark)) ours.set(path, text);
    else if (wanted.has(path)) {
      const got = "a file that `lanes render` of this stack did not write";
      problems.push({ path, got, expected: "no such file", fix: "Move it, or name another folder." });
    }
  }
  if (problems.length > 0) throw new UserError("lanes render writes over nothing that it did not make", problems);
  makeFolder(folder);
  const changed = [...files].flatMap(([path, content]) => {
    const file = join(folder, path);
    return ours.get(file) === content ? [] : [{ path: file, content }];
  });
  for (const { path } of changed) makeFolder(dirname(path));
  // They can be rendered again: to have thousands on the disk one by one would take longer than to make them.
  writeAllFiles(changed, { flush: false });
  const gone = [...ours.keys()].filter((path) => !wanted.has(path));
  for (const path of gone) {
    rmSync(path);
    if (readdirSync(dirname(path)).length === 0) rmSync(dirname(path), { recursive: true });
  }
  return { written: changed.length, removed: gone.length };
}

/** @throws UserError when a folder that files go to is something else. */
function requireFolders(folder: string, files: ReadonlySet<string>): void {
  // The first one first: below a file there is nothing to look at.
  for (const path of new Set([folder, ...[...files].map((file) => dirname(file))])) {
    const found = existing(path);
    if (!found || found.isDirectory()) continue;
    const [at, fix] =
      path === folder ? [`--output ${path}`, "Name another folder."] : [path, "Move it, or name another folder."];
    const got = found.isFile() ? "a file" : "no folder";
    throw new UserError("lanes render cannot write there", [{ path: at, got, expected: "a folder, or nothing", fix }]);
  }
}

/** What is not rendered, by the reason. */
export function leftText(left: readonly NotRendered[]): string {
  const reasons = [...new Set(left.map(({ why }) => why))];
  const lines = reasons.flatMap((reason) => [
    `not rendered: ${reason}`,
    ...left.filter(({ why }) => why === reason).map(({ what }) => `  ${what}`),
  ]);
  return lines.join("\n");
}
