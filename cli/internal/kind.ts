import { appImage } from "../../tools/images/app-image";
import { commandRunner } from "../../tools/kind/commands";
import { applyKind, deleteKind, inspectKind, loadKindImages } from "../../tools/kind/kind-cluster";
import { markKind, unmarkKind } from "../../tools/kind/marker";
import { projectRoot } from "../../tools/paths";
import type { LocalClusterHandler } from "./handler";

const run = commandRunner();

/** A cluster of kind, for the program's resources. */
export const kindHandler: LocalClusterHandler = {
  async nodeApply({ name, ports, kubernetesVersion }, reporter) {
    reporter.waiting(`kind cluster ${name}`);
    const info = await applyKind({ name, ports, kubernetesVersion }, run);
    markKind(name);
    return { ...info };
  },

  async nodeInspect({ name }) {
    return { ...(await inspectKind(name, run)), dead: [] };
  },

  async nodeDelete({ name, identity }, reporter) {
    reporter.waiting(`removing kind cluster ${name}`);
    await deleteKind(name, identity, run);
    unmarkKind();
    return {};
  },

  async imagesApply({ name, apps }, reporter) {
    reporter.waiting("images of the apps");
    const images = apps.map((app) => appImage(app));
    await loadKindImages(name, images, projectRoot, run);
    return { refs: images.map((image) => image.ref) };
  },
};
