import assert from "node:assert/strict";
import type { StackEnvironment } from "../../../stacks/environment";
import { ackKubeconfig, meshKubeconfig } from "../alibaba-answers";

/** A machine that runs stacks on Alibaba Cloud: nothing of its own is asked for. `mesh.yaml` is the mesh's kubeconfig. */
export const accountEnvironment: StackEnvironment = {
  facts: { platform: "darwin", root: false, present: undefined, dockerAnswers: () => assert.fail("Docker was asked") },
  appImage: (app) => assert.fail(`the image of ${app} was asked for`),
  readKubeconfig: (file) => ({ text: file === "mesh.yaml" ? meshKubeconfig : ackKubeconfig, folder: "/configs" }),
};
