import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { loadStackConfig } from "../../../config/read";
import { createStack, type StackOutputs } from "../../../stacks/stack";
import { planted } from "../alibaba-answers";
import { outputValue, type PulumiMocks, type RecordedResource, startPulumiMocks } from "../pulumi-mocks";
import { stacks } from "../repository";
import { answers, environment, programs } from "./programs";
import { runProgram } from "./run-stack";

describe("every stack", () => {
  let mocks: PulumiMocks;

  it("has its program here", () => {
    const tested = new Set(Object.keys(programs).map((title) => title.split(" ")[0]));
    assert.deepEqual(
      stacks.filter((stack) => !tested.has(stack)),
      [],
    );
  });

  for (const [title, config] of Object.entries(programs)) {
    describe(title, () => {
      let outputs: StackOutputs;

      before(async () => {
        mocks = await startPulumiMocks(answers);
        const program = loadStackConfig({ values: config, encrypted: new Set() });
        outputs = await runProgram(() => createStack(program, environment));
      });

      it("has no name twice", () => {
        const names = mocks.resources.map(({ type, name }) => `${type} ${name}`);
        assert.deepEqual(names, [...new Set(names)]);
      });

      it("hangs every resource under a component, and components under the stack or one of their own", () => {
        for (const { name, type, parent, custom } of mocks.resources) {
          if (type === "pulumi:pulumi:Stack") continue;
          const component = type.startsWith("mesh-lanes:index:");
          assert.equal(custom, !component, `${name} of type ${type}`);
          const expected = component
            ? /[:$](mesh-lanes:index:\w+|pulumi:pulumi:Stack)::/
            : /[:$]mesh-lanes:index:\w+::/;
          assert.match(parent ?? "", expected, `${name} hangs under ${parent}`);
        }
      });

      it("gives every resource a provider of its own kind", () => {
        for (const { name, type, provider, custom } of mocks.resources) {
          if (!custom || type.startsWith("pulumi:providers:")) continue;
          const [kind = ""] = type.split(":");
          assert.match(
            provider,
            new RegExp(`pulumi:providers:${kind}::[\\w-]+::.`),
            `${name} has ${provider || "none"}`,
          );
        }
      });

      it("keeps every secret a secret, in resources and in outputs", async () => {
        const leaks = mocks.resources.flatMap(({ name, inputs }) => plainPlaces(inputs).map((at) => `${name}${at}`));
        assert.deepEqual(leaks, []);
        assert.match(JSON.stringify(mocks.resources), new RegExp(planted), "no secret was planted");
        assert.ok(await pulumi.isSecret(pulumi.output(outputs.kubeconfig)));
        const { kubeconfig: _secret, ...rest } = outputs;
        assert.doesNotMatch(JSON.stringify(await outputValue(pulumi.output(rest))), new RegExp(planted));
      });

      it("names a request for each lane, with the address of the gateway", async () => {
        const requests = await outputValue(pulumi.output(outputs.requests));
        const { laneGroups } = loadStackConfig({ values: config, encrypted: new Set() });
        for (const group of laneGroups) {
          assert.deepEqual(
            Object.keys(requests[group.name] ?? {}),
            group.lanes.map(({ name }) => name),
          );
        }
        for (const command of Object.values(requests).flatMap((lanes) => Object.values(lanes))) {
          assert.doesNotMatch(command, /GATEWAY|undefined/);
        }
      });
    });
  }
});

/** How a secret goes to the engine. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** Where planted texts stand outside of a secret. */
function plainPlaces(value: unknown, at = ""): string[] {
  if (typeof value === "string") return value.includes(planted) ? [at] : [];
  if (typeof value !== "object" || value === null) return [];
  if (secretMark in value) return [];
  return Object.entries(value).flatMap(([key, each]) => plainPlaces(each, `${at}.${key}`));
}

describe("plainPlaces", () => {
  it("finds a secret that is plain, and only that", () => {
    const inputs: RecordedResource["inputs"] = {
      open: [{ key: `a ${planted}` }],
      kept: { [secretMark]: "mark", value: planted },
      other: 1,
    };
    assert.deepEqual(plainPlaces(inputs), [".open.0.key"]);
  });
});
