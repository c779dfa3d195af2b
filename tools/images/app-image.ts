import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { filesBelow } from "../files-below";
import { projectRoot } from "../paths";
import { UserError } from "../user-error";

/** The image of an app, as far as it can be known without building it. */
export interface AppImageRef {
  readonly app: string;
  /** e.g. `docker.io/mesh-lanes/mock:0123456789ab` */
  readonly ref: string;
  /** The tag: 12 hexadecimal digits of the hash of all that goes into the app. */
  readonly hash: string;
}

/** What a container builder makes the image of any app from; its argument `APP` names the app. A path in the repository. */
export const containerfile = "apps/Containerfile";

/**
 * Names the image of an app by its sources: a change of `apps/<app>`, `apps/shared`, the Containerfile or the package lock
 * gives another name, and only then. Reads files only, so it can be called while a plan is made.
 *
 * @throws UserError when there is no such app, as in the npm package, which has none.
 */
export function appImage(app: string, root = projectRoot): AppImageRef {
  const main = join(root, "apps", app, "main.ts");
  if (!/^[a-z0-9-]+$/.test(app) || !existsSync(main)) {
    throw noSuchApp(app, appNames(root));
  }
  const files = [...filesBelow(join(root, "apps", app)), ...filesBelow(join(root, "apps", "shared"))].sort();
  const hash = createHash("sha256");
  for (const file of [...files, join(root, containerfile), join(root, "package-lock.json")]) {
    const content = createHash("sha256").update(readFileSync(file)).digest("hex");
    hash.update(JSON.stringify([relative(root, file), content]));
  }
  const tag = hash.digest("hex").slice(0, 12);
  return { app, ref: `docker.io/mesh-lanes/${app}:${tag}`, hash: tag };
}

function noSuchApp(app: string, names: readonly string[]): UserError {
  const title = `There is no app ${JSON.stringify(app)}:`;
  if (names.length > 0) {
    const expected = names.join(", ");
    const path = join("apps", app, "main.ts");
    return new UserError(title, [{ path, got: "no such file", expected, fix: "Name one of these apps." }]);
  }
  return new UserError(title, [
    {
      path: `app: ${app}`,
      got: "a folder without the sources of the demo apps, as the npm package is",
      expected: "a checkout of mesh-lanes, which builds their images",
      fix: "Give the workload an `image` in place of `app`, or run this in a checkout of the repository.",
    },
  ]);
}

/** Folders under apps/ that have a main.ts; none where there is no such folder. */
export function appNames(root = projectRoot): string[] {
  const apps = join(root, "apps");
  if (!existsSync(apps)) return [];
  const folders = readdirSync(apps, { withFileTypes: true });
  return folders
    .map((folder) => folder.name)
    .filter((name) => existsSync(join(root, "apps", name, "main.ts")))
    .sort();
}
