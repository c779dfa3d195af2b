import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { leftToServer, serverFields } from "../../../../components/alibaba/server-fields";
import { loadStackConfig, readStackConfigFile } from "../../../../config/read";
import { createStack } from "../../../../stacks/stack";
import { projectRoot } from "../../../../tools/paths";
import { alibabaAnswers } from "../../alibaba-answers";
import { type RecordedResource, startPulumiMocks } from "../../pulumi-mocks";
import { accountEnvironment } from "../../stacks/account-environment";
import { runProgram } from "../../stacks/run-stack";

/** From the provider's own schemas: see `what` in the file. */
const facts: { fields: Record<string, string[]> } = JSON.parse(
  readFileSync(join(projectRoot, "test/fixtures/alibaba/optional-fields.json"), "utf8"),
);

const isSet = (value: unknown, [key, ...rest]: readonly string[]): boolean =>
  key === undefined
    ? value !== undefined
    : typeof value === "object" && value !== null && isSet((value as Record<string, unknown>)[key], rest);

/** Fields that the server may fill in, and that a preview would then take away. */
function open({ type, inputs, ignoreChanges }: RecordedResource): string[] {
  const [, key = ""] = type.split("alicloud:");
  return (facts.fields[key] ?? []).filter(
    (field) =>
      !isSet(inputs, field.split(".")) && !ignoreChanges.some((path) => field === path || field.startsWith(`${path}.`)),
  );
}

describe("what an account fills in", () => {
  for (const stack of ["prod", "staging"]) {
    it(`is no change in the second preview of ${stack}`, async () => {
      const mocks = await startPulumiMocks(alibabaAnswers);
      const { values } = readStackConfigFile(join(projectRoot, `Pulumi.${stack}.yaml`));
      const config = loadStackConfig({ values, encrypted: new Set() });
      await runProgram(() => createStack(config, accountEnvironment));
      const made = mocks.resources.filter(({ type }) => type.startsWith("alicloud:"));
      assert.ok(made.length >= 15, String(made.length));
      const found = made.flatMap((resource) => open(resource).map((field) => `${resource.name}: ${field}`));
      assert.deepEqual(found, []);
    });
  }

  it("is ignored only where the program does not set it", () => {
    const set = { meshConfig: { pilot: { traceSampling: 5 }, accessLog: { enabled: true } } };
    const left = leftToServer("ServiceMesh", set);
    assert.ok(!left.includes("meshConfig.pilot"));
    assert.ok(left.includes("meshConfig.pilot.http10Enabled"));
    assert.ok(left.includes("clusterIds"));
    assert.ok(
      left.includes("extraConfiguration"),
      "a path into a block that only the state has is an error of the engine",
    );
    assert.ok(leftToServer("NodePool", {}).includes("desiredSize"));
    assert.ok(!leftToServer("NodePool", { desiredSize: "2" }).includes("desiredSize"));
  });

  it("names fields that the provider has", () => {
    for (const [type, paths] of Object.entries(serverFields)) {
      const known = Object.entries(facts.fields).find(([key]) => key.endsWith(`:${type}`))?.[1] ?? [];
      const wrong = paths.filter((path) => !known.some((field) => path === field || path.startsWith(`${field}.`)));
      assert.deepEqual(wrong, [], type);
    }
  });
});
