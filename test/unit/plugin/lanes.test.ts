import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Provider } from "@pulumi/kubernetes/provider";
import { parse } from "yaml";
import type { LanesArgs } from "../../../plugin/args/group";
import { Lanes } from "../../../plugin/lanes";
import { makeSchema } from "../../../plugin/make-schema";
import { projectRoot } from "../../../tools/paths";
import { outputValue, settled, startPulumiMocks } from "../pulumi-mocks";
import { type PackageSchema, schemaProblems } from "./schema-problems";

const folder = join(projectRoot, "plugin");
const read = (file: string) => readFileSync(join(folder, file), "utf8");
const token = "mesh-lanes:index:Lanes";

/** The properties of the one resource of the example in YAML. */
function exampleProperties(): LanesArgs {
  const { resources } = parse(read("examples/yaml/Pulumi.yaml")) as {
    resources: Record<string, { type: string; properties: LanesArgs }>;
  };
  assert.equal(resources.shop?.type, token);
  assert.ok(resources.shop);
  return resources.shop.properties;
}

const schema: PackageSchema = JSON.parse(read("schema.json"));

describe("the package for other languages", () => {
  it("has the schema that is committed: `node plugin/schema.js > plugin/schema.json` generates it again", () => {
    assert.deepEqual(makeSchema(), schema);
  });

  it("has a description of every input", () => {
    const undescribed = Object.entries(schema.types).flatMap(([type, { properties = {} }]) =>
      Object.entries(properties).flatMap(([name, { description, const: only }]) =>
        description || only !== undefined || ["name", "path", "match", "versions"].includes(name)
          ? []
          : [`${type}.${name}`],
      ),
    );
    assert.deepEqual(undescribed, []);
  });

  it("takes its example in YAML", () => {
    assert.deepEqual(schemaProblems(schema, token, exampleProperties()), []);
  });

  const wrong: [string, object, string][] = [
    ["an unknown property", { colour: "red" }, "colour: unknown"],
    ["a number for a text", { mode: 1 }, "mode: not a string"],
    ["a missing property", { entry: { service: "mocka" } }, "entry.gateway: missing"],
    ["a text in a list of numbers", { lanes: [{ name: "v1", weight: "90" }] }, "lanes[0].weight: not a number"],
  ];
  for (const [title, change, problem] of wrong) {
    it(`fails with ${title}`, () => {
      assert.deepEqual(schemaProblems(schema, token, { ...exampleProperties(), ...change }), [problem]);
    });
  }
});

describe("Lanes", () => {
  it("makes the objects of its group, and tells its lanes", async () => {
    const mocks = await startPulumiMocks();
    const provider = new Provider("mesh", { kubeconfig: "{}" });
    const lanes = new Lanes("shop", exampleProperties(), { provider });
    assert.deepEqual(await outputValue(lanes.laneNames), ["v1", "v2", "beta"]);
    assert.match(await outputValue(lanes.table), /^shop \(baseline v1\)\n {2}LANE/);
    await settled(lanes);
    assert.match(mocks.named("VirtualService/shop/shop.mocka").parent ?? "", /LaneGroup::shop$/);
    assert.match(mocks.named("VirtualService/shop/shop.mocka").provider, /pulumi:providers:kubernetes::mesh::/);
    const filter = mocks.named("EnvoyFilter/istio-system/shop.entry.client.baggage").inputs as {
      spec: { workloadSelector: object };
    };
    assert.deepEqual(filter.spec.workloadSelector, { labels: { istio: "ingressgateway" } });
  });

  it("takes what has several forms in a lane group by keys of their own", async () => {
    const mocks = await startPulumiMocks();
    const example = exampleProperties();
    const v1 = { name: "v1", weight: 100 };
    const args: LanesArgs = {
      ...example,
      entry: {
        ...example.entry,
        routes: [{ service: "mockb", path: { prefix: "/b/" }, method: { exact: "GET" }, rewrite: "/" }],
        stickyCookie: { cookie: "shop", sameSite: "Strict" },
      },
      lanes: [
        v1,
        {
          name: "v2",
          weight: 0,
          anyMatch: [{ headers: { "x-a": { exact: "1" } } }, { cookies: { a: { exact: "1" } } }],
        },
      ],
    };
    assert.deepEqual(schemaProblems(schema, token, args), []);
    const lanes = new Lanes("shop", args, { provider: new Provider("mesh", { kubeconfig: "{}" }) });
    await settled(lanes);
    const { spec } = mocks.named("VirtualService/shop/shop").inputs as { spec: { http: { name: string }[] } };
    const of = (part: string) => ["v2", "v2/2", "v1/cookie", "v2/cookie"].map((name) => `${part}/${name}`).concat(part);
    assert.deepEqual(
      spec.http.map(({ name }) => name),
      [...of("shop/entry/mockb"), ...of("shop/entry")],
    );
    assert.match(JSON.stringify(spec), /"shop=v1; Path=\/; HttpOnly; SameSite=Strict"/);
  });

  it("fails when two forms of one key are given", async () => {
    await startPulumiMocks();
    const { entry, ...rest } = exampleProperties();
    const args = { ...rest, entry: { ...entry, sticky: true, stickyCookie: { sameSite: "Lax" } } };
    assert.throws(() => new Lanes("shop", args), /entry: got sticky and stickyCookie/);
  });

  it("waits by this package's own provider, which needs no packages in the program's folder", async () => {
    const mocks = await startPulumiMocks();
    const provider = new Provider("mesh", { kubeconfig: "{}" });
    await settled(new Lanes("shop", { ...exampleProperties(), kubeconfig: "kubeconfig" }, { provider }));
    const waits = mocks.ofType("mesh-lanes:index:ProxySync").map(({ name }) => name);
    assert.deepEqual(waits.sort(), [
      "shop-entry-routes-acknowledged",
      "shop-service-routes-acknowledged",
      "shop-subsets-acknowledged",
    ]);
    assert.deepEqual(
      mocks.resources.filter(({ type }) => type.includes("pulumi-nodejs")),
      [],
    );
  });

  it("fails with every mistake at once", async () => {
    await startPulumiMocks();
    const args = { ...exampleProperties(), baseline: "v9", lanes: [{ name: "v1", weight: 90 }] };
    assert.throws(
      () => new Lanes("shop", args),
      /The lane group has 2 problems\.[\s\S]*shop\.baseline: unknown lane "v9"[\s\S]*weights add up to 90/,
    );
  });
});
