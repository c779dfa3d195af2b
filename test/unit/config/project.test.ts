import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { configNamespace } from "../../../config/stack";
import { projectRoot } from "../../../tools/paths";

/** Keys that a project declares or sets for its stacks and that are its own: those without a namespace, and those with its name. */
function ownKeys(text: string): string[] {
  const { config }: { config?: Readonly<Record<string, unknown>> } = parse(text);
  return Object.keys(config ?? {}).filter((key) => !key.includes(":") || key.startsWith(`${configNamespace}:`));
}

describe("the config block of Pulumi.yaml", () => {
  it("declares no key of ours: each is in the schema alone, with its default", () => {
    assert.deepEqual(ownKeys(readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8")), []);
  });

  it("is seen to declare one, with a namespace and without", () => {
    const declared = "config:\n  mesh-lanes:mesh: { type: object }\n  cluster: { type: object }\n  pulumi:x: 1\n";
    assert.deepEqual(ownKeys(declared), ["mesh-lanes:mesh", "cluster"]);
  });
});
