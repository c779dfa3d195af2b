import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { appliedConfig, appliedOutput } from "./config/applied";
import { checkStackConfig, fromEngine, type RawStackConfig, readStackConfigFile, withIncludes } from "./config/read";
import { configNamespace } from "./config/stack";
import { runError } from "./library";
import { gatherEnvironment } from "./stacks/environment";
import { requireSafeOrder } from "./stacks/safe-order";
import { createStack, type StackOutputs } from "./stacks/stack";
import { projectRoot } from "./tools/paths";
import { UserError } from "./tools/user-error";

/** Entry point of `pulumi up`: reads the stack's config and builds the stack that it describes. */
async function main(): Promise<StackOutputs & Record<typeof appliedOutput, pulumi.Input<unknown>>> {
  try {
    const made: pulumi.Resource[] = [];
    pulumi.runtime.registerStackTransformation(({ resource }) => void made.push(resource));
    const whole = withIncludes(rawConfig());
    const config = checkStackConfig(whole);
    const environment = gatherEnvironment(config);
    const safe = requireSafeOrder(whole, config);
    // A preview applies nothing, and need not wait for the backend.
    if (!pulumi.runtime.isDryRun()) await safe;
    const [outputs] = await Promise.all([createStack(config, environment), safe]);
    // An URN is known when its resource is there: an update that fails half-way leaves the note of the one before.
    const applied = pulumi.all(made.map(({ urn }) => urn)).apply(() => appliedConfig(whole));
    // Nothing in it is secret; but of a secret Pulumi prints one word, and of this it would print hundreds of lines.
    return { ...outputs, [appliedOutput]: pulumi.secret(applied) };
  } catch (error) {
    throw error instanceof UserError ? runError(error) : error;
  }
}

/** The values of this project's keys, without their prefix. The engine hands over lists and maps as JSON. */
function rawConfig(): RawStackConfig {
  const prefix = `${configNamespace}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  const bare = (key: string) => key.slice(prefix.length);
  const values = Object.fromEntries(own.map(([key, value]) => [bare(key), plainValue(value)]));
  const secret = new Set(encryptedKeys().flatMap((key) => (key.startsWith(prefix) ? [bare(key)] : [])));
  return fromEngine(values, secret, () => {
    const file = join(projectRoot, `Pulumi.${pulumi.getStack()}.yaml`);
    return existsSync(file) ? readStackConfigFile(file) : undefined;
  });
}

/** Keys with something in them that the engine decrypted: it names them in the environment, and Pulumi's library has no public way to ask. */
function encryptedKeys(): string[] {
  return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]");
}

function plainValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A plain text where a list or a map belongs: what is wrong with it is for the schema to say.
    return text;
  }
}

export = main;
