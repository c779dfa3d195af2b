import * as pulumi from "@pulumi/pulumi";
import { configNamespace, parseStackConfig } from "./stacks/config";
import { createLocalStack, type LocalStackOutputs } from "./stacks/local";
import { gatherLocalEnvironment } from "./stacks/local-environment";
import { UserError } from "./tools/user-error";

/** Entry point of `pulumi up`: reads the stack's config and builds the stack that it describes. */
async function main(): Promise<LocalStackOutputs> {
  try {
    const config = parseStackConfig(stackValues());
    return await createLocalStack(config, gatherLocalEnvironment(config));
  } catch (error) {
    // A problem of the user is shown as it is; a stack trace would only hide it.
    if (error instanceof UserError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** The values of this project's keys, without their prefix. The engine hands over lists and maps as JSON. */
function stackValues(): Record<string, unknown> {
  const prefix = `${configNamespace}:`;
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), plainValue(value)]),
  );
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
