import assert from "node:assert/strict";
import { z } from "zod";
import { renderAsm } from "../../../../../components/lanes/asm/render";
import type { RenderedObject } from "../../../../../components/lanes/object";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";
import { asRecord, records } from "../../../../../tools/values";
import { s1Input, s2, s2Input, s4 } from "../fixtures";
import { withoutHash } from "../istio/rendered";
import { differences, documentObjects } from "./differences";

/*
 * The objects of Alibaba Cloud's documents beside ours. Whatever is not the same is listed here, with the reason; docs/asm.md
 * has the reasons in words.
 */

const labels = (group: string, lane?: string) => ({
  "metadata.labels.app.kubernetes.io/managed-by": ["-", "mesh-lanes"],
  "metadata.labels.mesh-lanes/group": ["-", group],
  ...(lane !== undefined && { "metadata.labels.mesh-lanes/lane": ["-", lane] }),
});
/** What the gateway's routes tell of their lanes. */
const lanes = (...names: string[]) => ({ "metadata.annotations.mesh-lanes/lanes": ["-", names.join()] });
/** ASM marks what it generates itself; what we write must not pass for that. */
const notGenerated = { "metadata.labels.asm-system": ["true", "-"], "metadata.labels.provider": ["asm", "-"] };

function pick(group: LaneGroup, kind: RenderedObject["kind"], name: string): Omit<RenderedObject, "stage"> {
  const found = renderAsm(group).find((object) => object.kind === kind && withoutHash(object.metadata.name) === name);
  assert.ok(found, `no ${kind} ${name}`);
  const { stage: _, ...object } = found;
  return object;
}

const destinationRuleSchema = z.looseObject({
  spec: z.object({ host: z.string(), subsets: z.array(z.object({ name: z.string(), labels: z.unknown() })) }),
});

describe("document 000: WebSocket in permissive lanes, made in the console", () => {
  const group = laneGroupSchema.parse({ ...s1Input, asmWay: "swimlanes" });

  it("has the gateway's VirtualService as there", () => {
    const [document] = documentObjects("000.yaml");
    assert.deepEqual(differences(document, pick(group, "VirtualService", "ws")), {
      ...labels("ws"),
      // A short name is looked up in the namespace of the VirtualService; ours may be in another one.
      "spec.http[0].route[0].destination.host": ["wsk-svc", "wsk-svc.default.svc.cluster.local"],
    });
  });

  it("has the three lanes of step 3 and a fallback to the baseline", () => {
    assert.deepEqual(pick(group, "ASMSwimLaneGroup", "ws").spec, {
      services: [
        { name: "wsk-svc", namespace: "default" },
        { name: "helloworld", namespace: "default" },
      ],
      ingress: { gateway: { name: "ws-gateway", namespace: "default", type: "ASM" } },
      isPermissive: true,
      permissiveModeConfiguration: { fallbackTarget: "baseline", traceHeader: "baggage", routeHeader: "version" },
    });
    const services = (name: string) => pick(group, "ASMSwimLane", name).spec.services;
    assert.deepEqual(services("baseline"), [
      { name: "wsk-svc", namespace: "default" },
      { name: "helloworld", namespace: "default" },
    ]);
    assert.deepEqual(services("v1"), [{ name: "helloworld", namespace: "default" }]);
    assert.deepEqual(services("v2"), [{ name: "helloworld", namespace: "default" }]);
  });
});

describe("document 001: strict lanes", () => {
  const [trafficLabel, destinationRule, virtualService] = documentObjects("001.yaml");

  it("has the TrafficLabel as there", () => {
    assert.deepEqual(differences(trafficLabel, pick(s2, "TrafficLabel", "test")), {
      ...labels("test"),
      ...notGenerated,
      // ASM 1.17 and later have v1 ("Label traffic"); lanes need 1.18.
      apiVersion: ["istio.alibabacloud.com/v1beta1", "istio.alibabacloud.com/v1"],
      "metadata.name": ["asm-trafficlabel-global", "test"],
      // In istio-system it is for every pod of the mesh.
      "metadata.namespace": ["istio-system", "default"],
    });
  });

  it("has the versions' subsets of the DestinationRule as there", () => {
    const document = destinationRuleSchema.parse(destinationRule);
    const isVersion = ({ name }: { name: string }) => name.startsWith("v");
    const versions = { ...document, spec: { ...document.spec, subsets: document.spec.subsets.filter(isVersion) } };
    const ours = pick(s2, "DestinationRule", "test.mocka.*");
    // Names of their own, since Istio merges the rules of a host, and users call theirs v1.
    const named = ["v1", "v2", "v3"].map((version, at) => [
      `spec.subsets[${at}].name`,
      [version, `version-${version}`],
    ]);
    assert.deepEqual(differences(versions, ours), {
      ...labels("test"),
      ...notGenerated,
      "metadata.labels.swimlane-group": ["test", "-"],
      // Other versions are another object, which comes before the routes and of which the old one goes after them.
      "metadata.name": ["trafficlabel-dr-test-default-mocka", ours.metadata.name],
      "metadata.namespace": ["istio-system", "default"],
      ...Object.fromEntries(named),
    });
    // Those named after lanes select the same pods.
    const others = document.spec.subsets.filter((subset) => !isVersion(subset)).map(({ name }) => name);
    assert.deepEqual(others, ["s1", "s2", "s3"]);
  });

  it("has the gateway's VirtualService as there", () => {
    const names = Object.fromEntries(
      [1, 2, 3].map((n) => [
        `spec.http[${n - 1}].name`,
        [`swimelane-ingress-route-test-s${n}-rule${n}`, `test/entry/s${n}`],
      ]),
    );
    const ports = Object.fromEntries(
      [0, 1, 2].map((at) => [`spec.http[${at}].route[0].destination.port.number`, ["-", 8000]]),
    );
    const subsets = Object.fromEntries(
      [1, 2, 3].map((n) => [`spec.http[${n - 1}].route[0].destination.subset`, [`s${n}`, `version-v${n}`]]),
    );
    assert.deepEqual(differences(virtualService, pick(s2, "VirtualService", "test")), {
      ...labels("test"),
      ...lanes("s1", "s2", "s3"),
      ...notGenerated,
      "metadata.labels.istioGateway": ["ingressgateway", "-"],
      "metadata.name": ["ingressgateway", "test"],
      "metadata.namespace": ["istio-system", "default"],
      ...names,
      // A Service with several ports needs it.
      ...ports,
      // A lane's version may be replaced; what a subset selects may not change under routes.
      ...subsets,
    });
  });
});

describe("document 003: permissive lanes by baggage", () => {
  const [propagation, pattern] = documentObjects("003.yaml");

  it("has the ASMHeaderPropagation as there", () => {
    assert.deepEqual(differences(propagation, pick(s4, "ASMHeaderPropagation", "shop")), {
      ...labels("shop"),
      "metadata.name": ["version-propagation", "shop"],
      // There by the namespace of kubectl.
      "metadata.namespace": ["-", "default"],
    });
  });

  it("has the subsets of the table there", () => {
    const subsets = renderAsm(s4).flatMap(({ kind, spec }) =>
      kind === "DestinationRule"
        ? records(spec.subsets).map(({ labels: selected }) => {
            return `${String(spec.host).split(".")[0]} ${Object.values(asRecord(selected)).join()}`;
          })
        : [],
    );
    assert.deepEqual(subsets.sort(), [
      "mocka v1",
      "mocka v2",
      "mocka v3",
      "mockb v1",
      "mockb v3",
      "mockc v1",
      "mockc v2",
    ]);
  });

  for (const service of ["mocka", "mockc"]) {
    it(`routes lane v2 of ${service} with a fallback as there`, () => {
      const document = JSON.parse(JSON.stringify(pattern).replaceAll("<service>", service));
      const { http } = pick(s4, "VirtualService", `shop.${service}`).spec;
      assert.ok(Array.isArray(http));
      const lane = http.filter((route) => route.name === `shop/${service}/v2`);
      assert.deepEqual(differences(document, lane), {
        "[0].name": ["-", `shop/${service}/v2`],
        // A Service with several ports needs both.
        "[0].match[0].port": ["-", 8000],
        "[0].route[0].destination.port.number": ["-", 8000],
        "[0].route[0].fallback.target.port.number": ["-", 8000],
        "[0].route[0].destination.subset": ["v2", "version-v2"],
        "[0].route[0].fallback.target.subset": ["v1", "version-v1"],
      });
    });
  }

  it("has no rule for a version that a service lacks: the plan has put the baseline there", () => {
    const { http } = pick(s4, "VirtualService", "shop.mockb").spec;
    assert.ok(Array.isArray(http));
    assert.deepEqual(
      http.map((route) => route.name),
      ["shop/mockb/v3", "shop/mockb"],
    );
  });

  it("shares requests out 40:30:30 at the gateway and names the lane in the header", () => {
    const group = { ...s4, entry: { ...s4.entry, sticky: false as const } };
    const destination = (version: string) => ({
      host: "mocka.default.svc.cluster.local",
      subset: `version-${version}`,
      port: { number: 8000 },
    });
    const fallback = { target: destination("v1") };
    const headers = (version: string) => ({ request: { set: { version } } });
    assert.deepEqual(pick(group, "VirtualService", "shop").spec, {
      hosts: ["*"],
      gateways: ["istio-system/ingressgateway"],
      http: [
        {
          name: "shop/entry",
          route: [
            { destination: destination("v1"), weight: 40, headers: headers("v1") },
            { destination: destination("v2"), fallback, weight: 30, headers: headers("v2") },
            { destination: destination("v3"), fallback, weight: 30, headers: headers("v3") },
          ],
        },
      ],
    });
  });
});

describe("the field reference of swimlanes", () => {
  const [documentGroup, documentLane] = documentObjects("field-reference.yaml");
  const group = laneGroupSchema.parse({
    ...s2Input,
    name: "mock",
    asmWay: "swimlanes",
    versionLabel: "version",
    lanes: [{ name: "v1" }, { name: "v2" }],
  });

  it("has the ASMSwimLaneGroup as in its example", () => {
    assert.deepEqual(differences(documentGroup, pick(group, "ASMSwimLaneGroup", "mock")), labels("mock"));
  });

  it("has the ASMSwimLane as in its example", () => {
    assert.deepEqual(differences(documentLane, pick(group, "ASMSwimLane", "v1")), {
      ...labels("mock", "v1"),
      "spec.ingressRules[0].name": ["r1", "match"],
      // In the example both lanes take every request to /mock; in document 001 this header tells them apart.
      "spec.ingressRules[0].match.headers.x-asm-prefer-tag.exact": ["-", "v1"],
    });
  });
});
