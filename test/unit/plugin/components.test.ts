import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { onlyTypeScript } from "../../../cli/docs/components/only-typescript";
import { ProcessProvider } from "../../../library";
import { components } from "../../../plugin/components";
import { kubeconfigArgument } from "../../../plugin/kubeconfig";
import { leftOut } from "../../../plugin/left-out";
import { PackageProvider } from "../../../plugin/package-provider";
import schemaJson from "../../../plugin/schema.json";
import { argumentTypes, publicComponents } from "../../../tools/api/components";
import { argumentsOf, argumentTypeOf } from "../../../tools/api/docs";
import { Sources } from "../../../tools/api/surface";
import { projectRoot } from "../../../tools/paths";
import { makers, type Recorded } from "../library/with-inputs";
import { type PulumiMocks, settled, startPulumiMocks } from "../pulumi-mocks";
import { received } from "./received";
import { type PackageSchema, schemaProblems } from "./schema-problems";

const schema = schemaJson as unknown as PackageSchema;
const sources = new Sources(projectRoot);
const library = publicComponents(projectRoot, sources);
/** Of the library; `Lanes` is in the place of its `LaneGroup`. */
const shared = Object.keys(components).filter((name) => name !== "Lanes");
/** Types that are part of another one, or of arguments that are left out. */
const notThere = new Set([
  "ChartsArgs",
  "ControlPlaneGuard",
  "ControlPlanes",
  "IstioControlPlane",
  "OperatorImagesArgs",
  "SecurityBarrierArgs",
  "MadeCertificate",
  "SelfSignedCertificateArgs",
]);
const token = (name: string) => `mesh-lanes:index:${name}`;

/** What is made of the arguments, apart from who made it. */
function facts(mocks: PulumiMocks) {
  return mocks.resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ type, name, inputs, provider }) => ({ type, name, inputs, provider: provider.replace(/::[^:]*$/, "") }))
    .sort((a, b) => (a.type + a.name < b.type + b.name ? -1 : 1));
}

/** The component made in TypeScript, with its arguments and what it makes. */
async function inTypeScript(name: string) {
  const mocks = await startPulumiMocks();
  const recorded: Recorded = { args: {} };
  const providers = [new Provider("cluster", { kubeconfig: "{}" }), new ProcessProvider("processes")];
  const [, processes] = providers;
  const made = makers(recorded)[name]?.((value) => value, { providers }, processes as ProcessProvider);
  assert.ok(made);
  await settled(made);
  return { args: recorded.args, made: facts(mocks) };
}

/** The component as the engine has the provider make it. */
async function constructed(name: string, args: object) {
  const mocks = await startPulumiMocks();
  const kubernetes = new Provider("cluster", { kubeconfig: "{}" });
  const inputs = await received(args as Record<string, JavaScriptValue>);
  const { urn, state } = await new PackageProvider().construct("it", token(name), inputs, {
    providers: { kubernetes },
  });
  await new Promise((resolve) => pulumi.output(urn).apply(resolve));
  await pulumi.runtime.disconnect();
  return { mocks, state: Object.keys(state ?? {}) };
}

describe("the components of the package for other languages", () => {
  it("are all of the library but those of which the docs say why not", () => {
    const others = Object.keys(onlyTypeScript);
    const all = library.map(({ as }) => as).filter((name) => name !== "LaneGroup");
    assert.deepEqual([...shared, ...others].sort(), all);
  });

  it("leave out arguments that there are", () => {
    const all = library.flatMap((component) =>
      argumentTypes(sources, component).flatMap((type) =>
        (argumentsOf(sources, type) ?? []).map(({ name }) => `${type.name}.${name}`),
      ),
    );
    assert.deepEqual(
      Object.keys(leftOut).filter((name) => !all.includes(name)),
      [],
    );
  });

  for (const name of shared) {
    const component = library.find(({ as }) => as === name);
    assert.ok(component);
    const types = argumentTypes(sources, component);
    const main = argumentTypeOf(component);

    it(`${name}: has every argument of TypeScript, required where it is there, and every one of its parts`, () => {
      for (const type of types.filter(({ name: each }) => !notThere.has(each))) {
        const wanted = argumentsOf(sources, type)?.filter((each) => !leftOut[`${type.name}.${each.name}`]);
        const resource = schema.resources[token(name)];
        const part = schema.types[token(type.name)];
        const found =
          type.name === main ? { properties: resource?.inputProperties, required: resource?.requiredInputs } : part;
        // What is no interface is a union or a text, without keys of its own.
        if (!wanted) continue;
        assert.deepEqual(
          Object.keys(found?.properties ?? {})
            .filter((key) => key !== kubeconfigArgument)
            .sort(),
          wanted.map((each) => each.name).sort(),
          type.name,
        );
        const required = wanted.filter((each) => each.required).map((each) => each.name);
        assert.deepEqual([...(found?.required ?? [])].sort(), required.sort(), type.name);
      }
    });

    it(`${name}: makes the same of the same arguments as in TypeScript, and tells its results`, async () => {
      const { args, made } = await inTypeScript(name);
      const given = Object.fromEntries(Object.entries(args).filter(([key]) => !leftOut[`${main}.${key}`]));
      assert.deepEqual(schemaProblems(schema, token(name), given), []);
      const { mocks, state } = await constructed(name, given);
      assert.deepEqual(facts(mocks), made);
      assert.deepEqual(state.sort(), Object.keys(schema.resources[token(name)]?.properties ?? {}).sort());
      // Nothing that needs packages of Node.js in the folder of a program in another language.
      assert.deepEqual(
        mocks.resources.filter(({ type }) => type.includes("pulumi-nodejs")),
        [],
      );
    });
  }
});
