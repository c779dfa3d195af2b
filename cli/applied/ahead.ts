import { isDeepStrictEqual } from "node:util";
import { diffLanes } from "../../components/lanes/diff/diff";
import { readableConfig } from "../../config/applied";
import { projectName, type StackConfig } from "../../config/stack";
import { isCheckout, workPaths } from "../../tools/paths";
import { sideOf } from "../diff/side";
import { hasStateHere } from "../pulumi/environment";
import { LastUpdate } from "../pulumi/unsaved/last-update";

/**
 * What the stack last applied, where that is known without the engine and the config has changed since in what lanes are made of;
 * undefined where it has not, and where it is not known.
 *
 * @param config the stack's config as it is now.
 * @param backend folder of the file backend. @default that of this checkout
 */
export function appliedBefore(
  stack: string,
  config: StackConfig,
  backend: string = workPaths.state,
): StackConfig | undefined {
  if (!isCheckout || !hasStateHere(config.cluster)) return undefined;
  const applied = readableConfig(new LastUpdate(backend, projectName, stack).noted());
  if (!applied || isDeepStrictEqual(applied, config)) return undefined;
  const { verdict } = diffLanes(sideOf({ name: "applied", config: applied }), sideOf({ name: "now", config }));
  return verdict.risk === null ? undefined : applied;
}
