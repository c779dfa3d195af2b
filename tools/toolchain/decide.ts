import type { Bundle } from "./bundles";

/** How a bundle is got. `remote` means nothing is needed here: the cluster fetches it from its publisher itself. */
export type Way = "path" | "cache" | "official" | "registry" | "remote";

/** What was chosen for a bundle, and why, in words for the user. */
export interface ToolChoice {
  readonly tool: Bundle["name"];
  readonly version: string;
  readonly way: Way;
  readonly reason: string;
}

/** What was found on PATH. `wrong` carries what is wrong with it. */
export type PathFinding =
  | { readonly state: "not looked at" }
  | { readonly state: "absent" }
  | { readonly state: "wrong"; readonly detail: string }
  | { readonly state: "right"; readonly version: string; readonly folder: string };

/** What is known about the publisher's own offer. `remote`: the cluster would pull it, so no file is needed here. */
export type OfficialFinding =
  | { readonly state: "none"; readonly detail: string }
  | { readonly state: "unreachable"; readonly detail: string }
  | { readonly state: "failed"; readonly detail: string }
  | { readonly state: "file"; readonly host: string }
  | { readonly state: "remote"; readonly host: string };

/** Everything the choice rests on. */
export interface BundleFacts {
  readonly bundle: Bundle;
  readonly onPath: PathFinding;
  /** Version in the cache, complete and unchanged since it was put there. */
  readonly cached: string | undefined;
  readonly official: OfficialFinding;
}

/**
 * Chooses a source: PATH, then cache, then the publisher's download, then a build from the package registries.
 *
 * @returns `undefined` when there is none, which can only be for tools that are taken from PATH alone.
 */
export function decide(facts: BundleFacts): ToolChoice | undefined {
  const { bundle, onPath, cached, official } = facts;
  const choice = (way: Way, reason: string, version = bundle.version): ToolChoice => ({
    tool: bundle.name,
    version,
    way,
    reason,
  });
  if (onPath.state === "right") {
    return choice("path", `on PATH in ${onPath.folder}, a right version`, onPath.version);
  }
  const passed = onPath.state === "wrong" ? [`on PATH: ${onPath.detail}`] : [];
  if (cached !== undefined) return choice("cache", [...passed, "in the cache"].join("; "), cached);
  switch (official.state) {
    case "file":
      return choice("official", [...passed, `not cached; ${official.host} answers`].join("; "));
    case "remote":
      return choice("remote", `fetched by the cluster itself: ${official.host} answers`);
    case "unreachable":
    case "failed":
      return choice("registry", [...passed, "not cached", official.detail].join("; "));
    case "none":
      return isPathOnly(bundle) ? undefined : choice("registry", [...passed, "not cached", official.detail].join("; "));
    default: {
      const never: never = official;
      return never;
    }
  }
}

/** Docker and kind belong to the user's machine; this project never brings its own. */
export function isPathOnly(bundle: Bundle): boolean {
  return bundle.name === "docker" || bundle.name === "kind";
}
