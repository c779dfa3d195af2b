import assert from "node:assert/strict";
import { renderIstio } from "../../../components/lanes/istio/render";
import { planLaneGroup } from "../../../components/lanes/plan";
import { type LaneGroup, laneGroupSchema } from "../../../components/lanes/spec";
import { laneTable } from "../../../components/lanes/table";
import { resourcePolicies, stackPolicies } from "../../../policy/policies";
import { isProduction } from "../../../policy/production";
import type { PolicyResource } from "../../../policy/resource";
import { gatewayPods, s1, s2, s2Input, s4, s5 } from "../components/lanes/fixtures";
import { expected, fixture, fixtureFiles } from "./fixtures";

const names = [...resourcePolicies, ...stackPolicies].map(({ name }) => name);
const settings = { productionStacks: ["prod", "production"] };

/** What one policy, or all of them, say to these resources. */
function judge(resources: readonly PolicyResource[], only?: string): string[] {
  const wanted = ({ name }: { readonly name: string }) => only === undefined || name === only;
  return [
    ...resourcePolicies
      .filter(wanted)
      .flatMap(({ rule }) =>
        resources.flatMap((resource) => rule(resource, { production: isProduction(resource.urn, settings) })),
      ),
    ...stackPolicies.filter(wanted).flatMap(({ rule }) => rule(resources).map(({ message }) => message)),
  ];
}

function rendered(...groups: readonly LaneGroup[]): PolicyResource[] {
  return groups.flatMap((group) =>
    renderIstio(group, { gateway: gatewayPods }).map(({ apiVersion, kind, metadata, spec }) => ({
      type: `kubernetes:${apiVersion}:${kind}`,
      urn: `urn:pulumi:dev::mesh-lanes::kubernetes:${apiVersion}:${kind}::${metadata.namespace}/${metadata.name}`,
      props: { metadata, spec },
    })),
  );
}

describe("policies", () => {
  it("have a good and a bad fixture each", () => {
    assert.deepEqual(fixtureFiles(), names.flatMap((name) => [`${name}.bad.yaml`, `${name}.good.yaml`]).sort());
    assert.deepEqual(Object.keys(expected).sort(), [...names].sort());
  });

  for (const name of names) {
    it(`${name} lets its good fixture pass, and so do all others`, () => {
      assert.deepEqual(judge(fixture(name, "good")), []);
    });
    it(`${name} alone refuses its bad fixture, and says what to do`, () => {
      assert.deepEqual(judge(fixture(name, "bad"), name), expected[name]);
      assert.deepEqual(judge(fixture(name, "bad")), expected[name]);
    });
  }

  for (const name of ["gateway-tls", "no-wildcard-host"]) {
    it(`${name} is for production only`, () => assert.deepEqual(judge(fixture(name, "bad", "dev")), []));
  }

  it("have nothing against what lane groups are rendered to", () => {
    assert.deepEqual(judge(rendered(s1, { ...s4, namespace: "shop" }, s5)), []);
    assert.deepEqual(judge(rendered(s2)), []);
  });
});

describe("complete-strict-lanes", () => {
  const group = (mode: "strict" | "permissive") => {
    const [first, ...others] = s2Input.services;
    assert.ok(first);
    const services = [{ ...first, versions: ["v1", "v3"] }, ...others];
    const spec = laneGroupSchema.parse({ ...s2Input, mode, baseline: "s1", services });
    const props = { table: laneTable(planLaneGroup(spec)) };
    return [{ type: "mesh-lanes:index:LaneGroup", urn: "urn:pulumi:dev::p::mesh-lanes:index:LaneGroup::test", props }];
  };

  it("fails with the hole of a real strict group", () => {
    assert.deepEqual(judge(group("strict")), [
      "Lane s2 of group test has no version of mocka. Give the lane one, or make the group permissive with a baseline.",
    ]);
  });
  it("lets a permissive group have it", () => assert.deepEqual(judge(group("permissive")), []));
});

describe("distinct-lanes", () => {
  const route = (name: string, match?: object) => ({ name, ...(match && { match: [match] }), route: [] });
  const service = (name: string, http: object[], hosts = ["shop.example.com"], gateways = ["edge/gateway"]) => ({
    type: "kubernetes:networking.istio.io/v1:VirtualService",
    urn: `urn:pulumi:dev::p::kubernetes:networking.istio.io/v1:VirtualService::${name}`,
    props: { metadata: { name, namespace: "shop" }, spec: { hosts, gateways, http } },
  });
  const lane = (condition: object) => ({ headers: { "x-lane": condition } });
  const shadowed = (...routes: object[]) => judge([service("one", routes)], "distinct-lanes").length;

  const hidden: [string, object | undefined, object | undefined][] = [
    ["after one that takes every request", undefined, lane({ exact: "v2" })],
    ["with the same value", lane({ exact: "v2" }), lane({ exact: "v2" })],
    ["after a prefix of its value", lane({ prefix: "s2" }), lane({ exact: "s20" })],
    ["after a prefix of its prefix", lane({ prefix: "s" }), lane({ prefix: "s2" })],
    ["after a regex that fits its value", lane({ regex: "s[0-9]+" }), lane({ exact: "s2" })],
    ["after a regex without regard to case", lane({ regex: "(?i)S2" }), lane({ exact: "s2" })],
    ["after a regex with a flag inside", lane({ regex: "s(?i:B).*" }), lane({ prefix: "sb" })],
    ["after a regex with a class of its own", lane({ regex: "[[:alpha:]]+" }), lane({ exact: "beta" })],
    ["after a wider regex", lane({ regex: "s[0-9]+" }), lane({ regex: "s[23]" })],
    [
      "after one that lacks less",
      { withoutHeaders: { a: { exact: "ab" } } },
      { withoutHeaders: { a: { prefix: "a" } } },
    ],
    ["with one condition more", lane({ exact: "v2" }), { ...lane({ exact: "v2" }), uri: { prefix: "/" } }],
    ["after one that asks for the header only", lane({}), lane({ exact: "v2" })],
  ];
  for (const [title, earlier, later] of hidden) {
    it(`fails with a route ${title}`, () => {
      assert.equal(shadowed(route("shop/entry/a", earlier), route("shop/entry/b", later)), 1);
    });
  }

  const apart: [string, object | undefined, object | undefined][] = [
    ["of another value", lane({ exact: "s2" }), lane({ exact: "s20" })],
    ["before the one that takes the rest", lane({ exact: "s2" }), undefined],
    ["of another header", lane({ exact: "s2" }), { headers: { "x-other": { exact: "s2" } } }],
    ["with one condition less", { ...lane({ exact: "s2" }), uri: { prefix: "/" } }, lane({ exact: "s2" })],
    ["after a regex of JavaScript's reading", lane({ regex: "[[:alpha:]]" }), lane({ exact: ":]" })],
    [
      "after one that lacks more",
      { withoutHeaders: { a: { prefix: "a" } } },
      { withoutHeaders: { a: { exact: "ab" } } },
    ],
    ["with path case", { ignoreUriCase: true, uri: { exact: "/A" } }, { ignoreUriCase: false, uri: { exact: "/A" } }],
    ["after a regex that does not fit", lane({ regex: "s2" }), lane({ exact: "s20" })],
    ["after a regex that cannot be read here", lane({ regex: "\\pN(" }), lane({ exact: "s2" })],
  ];
  for (const [title, earlier, later] of apart) {
    it(`lets a route ${title} be`, () => {
      assert.equal(shadowed(route("shop/entry/a", earlier), route("shop/entry/b", later)), 0);
    });
  }

  it("fails with two groups whose lanes have one name, at one host, in whatever order", () => {
    const one = service("one", [route("one/entry/v2", lane({ exact: "v2" }))]);
    const two = service("two", [route("two/entry/v2", lane({ exact: "v2" }))]);
    assert.equal(judge([one, two], "distinct-lanes").length, 2);
    const elsewhere = service("two", [route("two/entry/v2", lane({ exact: "v2" }))], ["other.example.com"]);
    assert.deepEqual(judge([one, elsewhere], "distinct-lanes"), []);
    const sidecars = service("two", [route("two/v2", lane({ exact: "v2" }))], ["shop.example.com"], ["mesh"]);
    assert.deepEqual(judge([one, sidecars], "distinct-lanes"), []);
  });
});

describe("pinned-images", () => {
  const pod = (image: string) => ({
    type: "kubernetes:core/v1:Pod",
    urn: "urn:pulumi:dev::p::kubernetes:core/v1:Pod::pod",
    props: { metadata: { name: "pod" }, spec: { initContainers: [{ name: "init", image }], containers: [] } },
  });
  for (const image of ["a/b:1.2.3", "a/b:v1.2.3", "a/b:20240131", "a/b:1.29.1-distroless", "auto"]) {
    it(`takes ${image}`, () => assert.deepEqual(judge([pod(image)]), []));
  }
  for (const image of ["a/b", "a/b:latest", "a/b:Stable", "a/b:1", "a/b:v1.2", "host:5000/b", "a/b@sha256:123"]) {
    it(`fails with ${image}`, () => assert.equal(judge([pod(image)]).length, 1));
  }
  it("reads the pods of a CronJob", () => {
    const job = { containers: [{ name: "app", image: "a" }] };
    const props = { metadata: { name: "job" }, spec: { jobTemplate: { spec: { template: { spec: job } } } } };
    const type = "kubernetes:batch/v1:CronJob";
    assert.equal(judge([{ type, urn: `urn:pulumi:dev::p::${type}::job`, props }]).length, 1);
  });
});

describe("isProduction", () => {
  for (const [stack, production] of [
    ["prod", true],
    ["production", true],
    ["prod-eu", false],
    ["dev", false],
  ] as const) {
    it(`${stack}: ${production}`, () =>
      assert.equal(isProduction(`urn:pulumi:${stack}::p::t::n`, settings), production));
  }
});
