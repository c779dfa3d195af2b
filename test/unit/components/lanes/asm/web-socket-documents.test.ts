import assert from "node:assert/strict";
import { renderAsm } from "../../../../../components/lanes/asm/render";
import type { RenderedObject } from "../../../../../components/lanes/object";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";
import { s3Input, s5Input } from "../fixtures";
import { differences, documentObjects } from "./differences";

/* Documents 002 and 004: whatever of ours is not the same is listed here, with the reason; docs/asm.md has them in words. */

const own = (group: string) => ({
  "metadata.labels.app.kubernetes.io/managed-by": ["-", "mesh-lanes"],
  "metadata.labels.mesh-lanes/group": ["-", group],
  // There by the namespace of kubectl.
  "metadata.namespace": ["-", "default"],
});

function objectsOf(group: LaneGroup, kind: RenderedObject["kind"]): Omit<RenderedObject, "stage">[] {
  return renderAsm(group).flatMap(({ stage: _, ...object }) => (object.kind === kind ? [object] : []));
}

describe("document 002: WebSocket through the ingress gateway", () => {
  const group = laneGroupSchema.parse({
    ...s3Input,
    name: "tornado",
    services: [{ name: "tornado", port: 8888, versions: ["v1"] }],
    entry: { service: "tornado", gateway: "default/tornado-gateway" },
  });

  it("has the gateway's VirtualService as there", () => {
    const [document] = documentObjects("002.yaml");
    const entry = objectsOf(group, "VirtualService").find(({ metadata }) => metadata.name === "tornado");
    assert.deepEqual(differences(document, entry), {
      ...own("tornado"),
      "metadata.annotations.mesh-lanes/lanes": ["-", "v1"],
      // Every ASM that lanes run on has both.
      apiVersion: ["networking.istio.io/v1alpha3", "networking.istio.io/v1beta1"],
      "spec.gateways[0]": ["tornado-gateway", "default/tornado-gateway"],
      "spec.http[0].name": ["-", "tornado/entry"],
      // No match at all takes what begins with a slash, and more: it is every path.
      "spec.http[0].match[0].uri.prefix": ["/", "-"],
      "spec.http[0].route[0].destination.host": ["tornado", "tornado.default.svc.cluster.local"],
      "spec.http[0].route[0].destination.subset": ["-", "version-v1"],
      "spec.http[0].route[0].destination.port.number": ["-", 8888],
      // The only destination has all of it.
      "spec.http[0].route[0].weight": [100, "-"],
    });
  });

  it("needs no setting for WebSockets, as there: no EnvoyFilter, no policy, no timeout that would cut an idle socket", () => {
    const objects = renderAsm(group);
    assert.deepEqual(objects.map(({ kind }) => kind).sort(), [
      ...["DestinationRule", "DestinationRule", "VirtualService", "VirtualService"],
    ]);
    assert.doesNotMatch(JSON.stringify(objects), /imeout|trafficPolicy/);
  });
});

describe("document 004: WebSocket between services", () => {
  const [keep, upgrade, connect] = documentObjects("004.yaml");
  const group = (http2: "keep" | "upgrade") =>
    laneGroupSchema.parse({
      ...s5Input,
      services: [{ name: "websockets-server", port: 8080, versions: ["v1"], http2 }],
    });
  const policy = "trafficPolicy.connectionPool.http.h2UpgradePolicy";

  for (const [http2, document, value] of [
    ["keep", keep, "DO_NOT_UPGRADE"],
    ["upgrade", upgrade, "UPGRADE"],
  ] as const) {
    it(`has the DestinationRule of \`http2: ${http2}\` as there, on the subset that all requests go to`, () => {
      const ours = objectsOf(group(http2), "DestinationRule").at(-1);
      assert.deepEqual(differences(document, ours), {
        ...own("echo"),
        "metadata.labels.provider": ["asm", "-"],
        "metadata.name": ["websockets-server", ours?.metadata.name],
        "spec.host": ["websockets-server", "websockets-server.default.svc.cluster.local"],
        // On every request without a subset too it would hold: those to other ports of the Service.
        [`spec.${policy}`]: [value, "-"],
        [`spec.subsets[0].${policy}`]: ["-", value],
        "spec.subsets[0].name": ["-", "version-v1"],
        "spec.subsets[0].labels.version": ["-", "v1"],
      });
    });
  }

  it("leads every request for the service to a subset that has the policy", () => {
    const of = group("upgrade");
    const [inMesh] = objectsOf(of, "VirtualService").filter(({ metadata }) => metadata.name !== "echo");
    const subsets = JSON.stringify(inMesh?.spec).match(/"subset":"[^"]*"/g);
    assert.deepEqual(subsets, ['"subset":"version-v1"']);
  });

  it("has the EnvoyFilter that ASM's plug-in makes, and only for HTTP/2", () => {
    assert.deepEqual(differences(connect, objectsOf(group("upgrade"), "EnvoyFilter")[0]), {
      ...own("echo"),
      "metadata.labels.asm-system": ["true", "-"],
      "metadata.labels.provider": ["asm", "-"],
      "metadata.name": ["h2-upgrade-wss", "echo.http2.websockets-server.connect"],
      // Its expression takes every version of Istio 1, and so does none at all.
      "spec.configPatches[0].match.proxy.proxyVersion": ["^1\\.*.*", "-"],
    });
    assert.deepEqual(objectsOf(group("keep"), "EnvoyFilter"), []);
  });
});
