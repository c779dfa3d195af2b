import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { loadStackConfig, readStackConfigFile } from "../../../config/read";
import { createStack } from "../../../stacks/stack";
import { projectRoot } from "../../../tools/paths";
import { outputValue, settled, startPulumiMocks } from "../pulumi-mocks";

/** A program of its own: prints what the dev stack registers and what it gives out, as JSON, without an engine. */
async function main(): Promise<void> {
  const config = loadStackConfig(readStackConfigFile(join(projectRoot, "Pulumi.dev.yaml")));
  const mocks = await startPulumiMocks({
    outputs: ({ type }) =>
      type.endsWith(":LocalNode") ? { kubeconfig: "kubeconfig text", address: "10.200.0.2", identity: "id-1" } : {},
  });
  let outputs: unknown;
  await pulumi.runtime.runInPulumiStack(async () => {
    outputs = await createStack(config, {
      facts: { platform: "linux", root: true, present: "embedded", dockerAnswers: () => false },
      charts: "/charts",
      appImage: (app) => ({ app, ref: `docker.io/mesh-lanes/${app}:0123456789ab` }),
      readKubeconfig: () => ({ text: "", folder: "/configs" }),
    });
    return outputs;
  });
  const given = await outputValue(pulumi.output(outputs));
  await settled();
  const resources = mocks.resources.toSorted((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
  process.stdout.write(JSON.stringify({ given, resources }));
}

void main();
