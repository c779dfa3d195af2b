import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as alicloud from "@pulumi/alicloud/provider";
import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type {} from "@pulumi/pulumi/runtime/state";
import ts from "typescript";
import { ProcessProvider } from "../../../library";
import { argumentTypes, publicComponents } from "../../../tools/api/components";
import { Sources } from "../../../tools/api/surface";
import { projectRoot } from "../../../tools/paths";
import { isRecord } from "../../../tools/values";
import { alibabaAnswers } from "../alibaba-answers";
import { type MockAnswers, type RecordedResource, startPulumiMocks } from "../pulumi-mocks";
import { kubeconfigOf } from "../stacks/existing-cluster";
import { runProgram } from "../stacks/run-stack";
import { makers, type Recorded, type Wrap } from "./with-inputs";

const sources = new Sources(projectRoot);
const components = publicComponents(projectRoot, sources);

const node = { kubeconfig: kubeconfigOf("node"), address: "10.200.0.2", identity: "one" };
const answers: MockAnswers = {
  ...alibabaAnswers,
  outputs: (args) => (args.type === "pulumi-nodejs:dynamic:LocalNode" ? node : alibabaAnswers.outputs(args)),
};

/** Whatever else the program has: under it the component is made, as in a component of somebody else. */
class Holder extends pulumi.ComponentResource {
  public constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:Holder", name, {}, opts);
    this.registerOutputs({});
  }
}

const plain: Wrap = (value) => value;
/** As of a resource that takes a while: what is asked for too early is not there. */
const output: Wrap = (value) => pulumi.output(sleep(5).then(() => true)).apply(() => value);
const promise: Wrap = (value) => sleep(5).then(() => value);

interface Run {
  readonly args: object;
  /** All but the providers and the holder. */
  readonly made: readonly RecordedResource[];
}

async function run(component: string, wrap: Wrap): Promise<Run> {
  const mocks = await startPulumiMocks(answers);
  const recorded: Recorded = { args: {} };
  const make = makers(recorded)[component];
  assert.ok(make, `test/unit/library/with-inputs.ts does not make ${component}`);
  await runProgram(async () => {
    const processes = new ProcessProvider("own-processes");
    const own = [
      new kubernetes.Provider("own-cluster", { kubeconfig: "{}" }),
      new alicloud.Provider("own-account", { region: "cn-hangzhou" }),
    ];
    const holder = new Holder("holder", { providers: [...own, processes] });
    const tagged: pulumi.ResourceTransformation = ({ name, props, opts }) => {
      seen.add(name);
      return { props, opts };
    };
    // The engine calls them, for what is below a component too; the mocks of Pulumi's library do not.
    Object.assign(globalThis.globalStore, { supportsTransforms: true });
    const transforms: pulumi.ResourceTransform[] = [async () => undefined];
    make(wrap, { parent: holder, transformations: [tagged], transforms }, processes);
    return {};
  });
  const others = /^(own-|holder$)/;
  const made = mocks.resources.filter(({ name, type }) => !others.test(name) && type !== "pulumi:pulumi:Stack");
  return { args: recorded.args, made: [...made].sort((a, b) => (a.type + a.name < b.type + b.name ? -1 : 1)) };
}

/** Names of the resources that the transformation of the component's options was shown. */
const seen = new Set<string>();

/** Its type behind those of its parents, below the stack, as a URN has it. Pulumi's mocks have one parent in theirs. */
function qualifiedType({ type, parent = "" }: RecordedResource, made: readonly RecordedResource[]): string {
  const [types = "", name] = parent.split("::").slice(2);
  const parentType = types.split("$").at(-1);
  if (parentType === "pulumi:pulumi:Stack") return type;
  const found = made.find((each) => each.name === name && each.type === parentType);
  const above = found ? qualifiedType(found, made) : parentType;
  return `${above}$${type}`;
}

/** Names of the arguments, and of parts of them, that may be inputs by their types. */
function inputNames(component: (typeof components)[number]): string[] {
  const found = new Set<string>();
  const visit = (each: ts.Node): void => {
    if (ts.isPropertySignature(each) && /\bInput</.test(each.type?.getText() ?? "")) found.add(each.name.getText());
    ts.forEachChild(each, visit);
  };
  for (const { nodes } of argumentTypes(sources, component)) for (const each of nodes) visit(each);
  return [...found];
}

/** Every key on the way to an output or a promise. */
function handedOver(value: unknown, way: readonly string[] = []): string[] {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return [...way];
  if (Array.isArray(value)) return value.flatMap((item) => handedOver(item, way));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => handedOver(item, [...way, key]));
}

describe("public components", () => {
  it("are all made here", () => {
    assert.deepEqual(Object.keys(makers({ args: {} })).sort(), components.map(({ as }) => as).sort());
  });

  for (const component of components) {
    const { as } = component;

    it(`${as}: takes an output or a promise wherever its types say so, and makes the same of it`, async () => {
      const wanted = await run(as, plain);
      assert.ok(wanted.made.length > 0);
      for (const wrap of [output, promise]) {
        const { made, args } = await run(as, wrap);
        const given = new Set(handedOver(args));
        assert.deepEqual(
          inputNames(component).filter((name) => !given.has(name)),
          [],
        );
        const facts = ({ type, name, inputs, parent, provider }: RecordedResource) => {
          return { type, name, inputs, parent, provider };
        };
        assert.deepEqual(made.map(facts), wanted.made.map(facts));
      }
    });

    it(`${as}: has all that it makes below it, by the providers of its options, and shown to their transformations`, async () => {
      seen.clear();
      const { made } = await run(as, output);
      const type = as === "ProxySync" ? "pulumi-nodejs:dynamic:ProxySync" : `mesh-lanes:index:${as}`;
      for (const resource of made) {
        const { name, type: own, custom, provider } = resource;
        assert.ok(seen.has(name), `${name} was not shown`);
        if (own === type && name === "it") assert.equal(resource.transforms, 1);
        assert.ok(`${qualifiedType(resource, made)}$`.startsWith(`mesh-lanes:index:Holder$${type}$`), name);
        // Providers have none themselves.
        if (custom && !own.startsWith("pulumi:providers:")) assert.match(provider, /[:$]pulumi:providers:/, name);
      }
    });
  }
});
