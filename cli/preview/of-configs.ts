import { isDeepStrictEqual } from "node:util";
import { diffLanes } from "../../components/lanes/diff/diff";
import { projectRoot } from "../../tools/paths";
import { sideOf } from "../diff/side";
import type { Source } from "../diff/source";
import { readSources } from "../diff/sources";
import { objectChanges } from "./offline";
import type { Previewed } from "./previewed";
import { refusedIn } from "./refused";
import { previewFormat } from "./report";

/**
 * What a change does by two configs alone.
 *
 * @param from a revision, range or file, as `lanes diff` takes it.
 * @param allowUnsafeOrder whether an update would make what no order of its steps makes safe. @default as the environment says
 */
export async function previewConfigs(stack: string, from?: string, allowUnsafeOrder?: boolean): Promise<Previewed> {
  const { before, after } = await readSources({
    stack,
    folder: projectRoot,
    workingFolder: process.cwd(),
    ...(from !== undefined && { from }),
  });
  const lanes = diffLanes(sideOf(before), sideOf(after));
  const refused = refusedIn(lanes, allowUnsafeOrder);
  const base = { format: previewFormat, stack, mode: "offline", refused, lanes, failed: null } as const;
  // One program renders both sides: the same config gives the same objects.
  if (isDeepStrictEqual(before.config, after.config) && before.isNothing === after.isNothing) {
    return { before, after, report: { ...base, counts: {}, changes: [], notes: [] } };
  }
  const { renderStack } = await import("../render");
  const rendered = async ({ config, isNothing = false }: Source) =>
    isNothing ? { manifests: [], left: [] } : await renderStack(stack, config);
  const [old, now] = [await rendered(before), await rendered(after)];
  return { before, after, report: { ...base, ...objectChanges(old, now) } };
}
