import { nodeConfig } from "../../tools/embedded/config";
import { inspectNode } from "../../tools/embedded/inspect";
import type { MeshImageSource } from "../../tools/images/ensure-images";
import { workPaths } from "../../tools/paths";
import type { Toolchain } from "../../tools/toolchain/toolchain";
import { UserError } from "../../tools/user-error";
import type { LocalClusterHandler } from "./handler";

/*
 * Every preview inspects the node, so what only the other verbs need is loaded by them: it is most of the loading time.
 */

/** The embedded node, for the program's resources. */
export const embeddedHandler: LocalClusterHandler = {
  async nodeApply({ name }, reporter) {
    const [{ ensureTools }, { createNode }, { ensureSystemImages }, { loadCachedOlderIstio }, { writeAtomically }] =
      await Promise.all([
        import("../../tools/toolchain/ensure"),
        import("../../tools/embedded/node"),
        import("../../tools/images/ensure-images"),
        import("../../tools/images/older-istio"),
        import("../../tools/embedded/files"),
      ]);
    const config = nodeConfig({ name });
    const tools = await ensureTools({ cluster: "embedded" }, reporter);
    const info = await createNode(config, tools.binFolder, reporter);
    await ensureSystemImages(config, meshImageSource(tools), reporter);
    await loadCachedOlderIstio(config, reporter);
    writeAtomically(workPaths.kubeconfig, info.kubeconfig, 0o600);
    return { kubeconfig: info.kubeconfig, address: info.nodeAddress, identity: info.identity };
  },

  async nodeInspect({ name }) {
    const { state, dead, info } = inspectNode(nodeConfig({ name }));
    return { state, dead, identity: info?.identity };
  },

  async nodeDelete({ name, identity }, reporter) {
    const config = nodeConfig({ name });
    const present = inspectNode(config).info?.identity;
    if (identity !== undefined && present !== undefined && identity !== present) {
      reporter.note(`the node ${name} was replaced since: it is left alone`);
      return {};
    }
    const { stopNode } = await import("../../tools/embedded/stop");
    const left = await stopNode(config, { purge: true }, reporter);
    if (left.length > 0) throw new UserError(couldNotRemove(name), left.map(leftover));
    return {};
  },

  async imagesApply({ name, apps, refs }, reporter) {
    const [{ imageRef, isOperatorImage }, { ensureAppImages }, { ensureTools }] = await Promise.all([
      import("../../tools/images/operator-images"),
      import("../../tools/images/ensure-images"),
      import("../../tools/toolchain/ensure"),
    ]);
    const changed = apps.filter((app, index) => imageRef(app).ref !== refs[index]);
    if (changed.length > 0) {
      throw new UserError(
        "Sources of apps changed while the program ran:",
        changed.map((app) => ({
          path: isOperatorImage(app) ? "tools" : `apps/${app}`,
          got: imageRef(app).ref,
          expected: refs[apps.indexOf(app)] ?? "",
          fix: "Run it again.",
        })),
      );
    }
    const { operator } = await ensureTools({ cluster: "embedded", telemetry: apps.some(isOperatorImage) }, reporter);
    return { refs: await ensureAppImages(nodeConfig({ name }), apps, reporter, operator) };
  },
};

function meshImageSource(tools: Toolchain): MeshImageSource {
  if (tools.canPullImages || tools.envoyBootstrap === undefined) return { way: "pull" };
  return { way: "build", binFolder: tools.binFolder, envoyBootstrap: tools.envoyBootstrap };
}

function couldNotRemove(name: string): string {
  return `Parts of the embedded node ${JSON.stringify(name)} could not be removed:`;
}

function leftover(line: string) {
  return { path: line, got: "still there", expected: "nothing left", fix: "End what uses it, and stop again." };
}
