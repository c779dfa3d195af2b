import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadStackConfig, readStackConfigFile } from "../../../config/read";
import { createStack } from "../../../stacks/stack";
import { projectRoot } from "../../../tools/paths";
import { ackKubeconfig, alibabaAnswers } from "../alibaba-answers";
import { type RecordedResource, startPulumiMocks } from "../pulumi-mocks";
import { runProgram } from "./run-stack";

/** Stack of this repository -> what a test puts in the place of what its machine would decide. */
const stacks: Readonly<Record<string, Record<string, unknown>>> = {
  dev: { cluster: { kind: "embedded" } },
  staging: {},
  prod: {},
};

const fixture = (stack: string) => join(projectRoot, "test", "fixtures", "urns", `${stack}.txt`);

/** What the engine knows a resource by: the types of its parents, its own type, its name. */
function urn({ type, name, parent = "" }: RecordedResource): string {
  const [parentType = ""] = parent.split("::").slice(-2);
  const chain = parentType === "pulumi:pulumi:Stack" || parentType === "" ? type : `${parentType}$${type}`;
  return `${chain}::${name}`;
}

async function urnsOf(stack: string): Promise<string[]> {
  const mocks = await startPulumiMocks(alibabaAnswers);
  const { values } = readStackConfigFile(join(projectRoot, `Pulumi.${stack}.yaml`));
  const config = loadStackConfig({ values: { ...values, ...stacks[stack] }, encrypted: new Set() });
  await runProgram(() =>
    createStack(config, {
      facts: {
        platform: "linux",
        root: true,
        present: undefined,
        dockerAnswers: () => assert.fail("Docker was asked"),
      },
      appImage: (app) => ({ app, ref: `docker.io/mesh-lanes/${app}:0123456789ab` }),
      readKubeconfig: () => ({ text: ackKubeconfig, folder: "/configs" }),
    }),
  );
  return mocks.resources.map(urn).sort();
}

describe("URNs", () => {
  for (const stack of Object.keys(stacks)) {
    it(`of ${stack} are those of the last release: another name replaces what runs, unless it has an alias`, async () => {
      const urns = await urnsOf(stack);
      // MESH_LANES_WRITE_URNS=1 npx mocha test/unit/stacks/urns.test.ts, after a change that is meant to replace resources.
      if (process.env.MESH_LANES_WRITE_URNS) writeFileSync(fixture(stack), `${urns.join("\n")}\n`);
      assert.deepEqual(urns, readFileSync(fixture(stack), "utf8").trimEnd().split("\n"));
    });
  }
});
