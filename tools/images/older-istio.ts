import type { NodeConfig } from "../embedded/config";
import { inspectNode } from "../embedded/inspect";
import type { Reporter } from "../report/reporter";
import { ensureTools } from "../toolchain/ensure";
import { optionalPins } from "../toolchain/pins";
import { settingsOf } from "../toolchain/settings";
import { cachedToolchain, type IstioFiles } from "../toolchain/toolchain";
import { UserError } from "../user-error";
import { ensureOlderIstioImages } from "./ensure-images";

const needs = { cluster: "embedded", istio: optionalPins.istio } as const;

/**
 * Makes the oldest tested Istio ready to be installed on a running embedded node, beside the pinned one: gets it where it is
 * not there yet, and loads the images that its charts ask for.
 *
 * @returns where its charts are; undefined when the node pulls the images and Helm the charts.
 * @throws UserError when the node does not run.
 */
export async function provideOlderIstio(config: NodeConfig, reporter: Reporter): Promise<IstioFiles | undefined> {
  const { olderIstio } = await ensureTools(needs, reporter);
  const { state } = inspectNode(config);
  if (state !== "running") {
    throw new UserError(`The images of Istio ${optionalPins.istio} cannot be loaded.`, [
      { path: `node ${config.name}`, got: state, expected: "running", fix: "Run `npm start`, then this again." },
    ]);
  }
  if (olderIstio) await ensureOlderIstioImages(config, olderIstio, reporter);
  return olderIstio;
}

/** Loads those images when the tools are in the cache; gets nothing. */
export async function loadCachedOlderIstio(config: NodeConfig, reporter: Reporter): Promise<void> {
  const tools = await cachedToolchain(needs, settingsOf());
  if (tools?.olderIstio) await ensureOlderIstioImages(config, tools.olderIstio, reporter);
}
