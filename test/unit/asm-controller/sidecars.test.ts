import assert from "node:assert/strict";
import { headerPropagationFilter } from "../../asm-controller/header-propagation";
import { trafficLabelFilter } from "../../asm-controller/traffic-label";
import { translate } from "../../asm-controller/translate";
import { afterScript } from "./lua";
import { headerPropagation, ports, trafficLabel } from "./objects";

describe("asm-controller: TrafficLabel", () => {
  const filter = trafficLabelFilter(trafficLabel(["$getLabel(ASM_TRAFFIC_TAG)"]));
  const labels = { app: "mocka", MY_ASM_TRAFFIC_TAG: "v9", ASM_TRAFFIC_TAG: "v2" };

  it("writes the pod's own label on what it sends, whatever the app wrote there", () => {
    assert.equal(afterScript(filter, "outbound", {}, labels), "asm-label: v2");
    assert.equal(afterScript(filter, "outbound", { "asm-label": "v3" }, labels), "asm-label: v2");
  });

  it("writes nothing for a pod without the label", () => {
    assert.equal(afterScript(filter, "outbound", { a: "b" }, { app: "mocka" }), "a: b");
  });

  it("takes the first source that has a value", () => {
    const two = trafficLabelFilter(trafficLabel(["$getLabel(tag)", "$getLocalOutboundRequestHeader(x-tag)"]));
    assert.equal(afterScript(two, "outbound", { "x-tag": "b" }, { tag: "a" }), "asm-label: a\nx-tag: b");
    assert.equal(afterScript(two, "outbound", { "x-tag": "b" }, {}), "asm-label: b\nx-tag: b");
  });

  it("is for the pods that it selects, in its own namespace", () => {
    const object = trafficLabel(["$getLabel(tag)"], "shop");
    const workloadSelector = { labels: { app: "mocka" } };
    const selective = trafficLabelFilter({ ...object, spec: { ...object.spec, workloadSelector } });
    assert.equal(selective.metadata.namespace, "shop");
    assert.deepEqual(selective.spec.workloadSelector, workloadSelector);
    assert.equal(trafficLabelFilter(object).spec.workloadSelector, undefined);
  });

  for (const from of ["$getExternalInboundRequestHeader(x-request-id, version)", "$getInboundRequestHeader(a)", "v1"]) {
    it(`refuses ${from}, for which there is no rule`, () =>
      assert.throws(() => trafficLabelFilter(trafficLabel([from])), /no rule for this[\s\S]*expected: \$getLabel/));
  }
});

describe("asm-controller: ASMHeaderPropagation", () => {
  const filter = headerPropagationFilter(headerPropagation(["version"]));
  const comesIn = (headers: Record<string, string>) => afterScript(filter, "inbound", headers);
  const goesOut = (headers: Record<string, string>) => afterScript(filter, "outbound", headers);

  it("puts the header of a request that comes in behind what is in baggage", () => {
    assert.equal(comesIn({ version: "v2" }), "baggage: version=v2\nversion: v2");
    assert.equal(comesIn({ version: "v2", baggage: "a=b;c" }), "baggage: a=b;c,version=v2\nversion: v2");
    assert.equal(comesIn({ version: "v2", baggage: "version=v2" }), "baggage: version=v2\nversion: v2");
    assert.equal(comesIn({ baggage: "version=v2" }), "baggage: version=v2");
  });

  it("writes the header of baggage on a request that goes out", () => {
    assert.equal(goesOut({ baggage: "a=b, version = v2;c" }), "baggage: a=b, version = v2;c\nversion: v2");
    assert.equal(goesOut({ baggage: "xversion=v2,version2=v3" }), "baggage: xversion=v2,version2=v3");
    assert.equal(goesOut({ version: "v1", baggage: "version=v2" }), "baggage: version=v2\nversion: v2");
  });

  it("answers by itself where header and baggage say two things: no document tells which holds", () => {
    assert.match(comesIn({ version: "v2", baggage: "version=v3" }), /^501 .*version$/);
    assert.match(comesIn({ version: "v2,v3" }), /^501 /);
  });

  it("takes no other header", () => {
    assert.equal(comesIn({ versions: "v2" }), "versions: v2");
    const other = headerPropagationFilter(headerPropagation(["colour"]));
    assert.equal(afterScript(other, "inbound", { version: "v2" }), "version: v2");
  });

  it("refuses headerPrefix, and no header at all", () => {
    const object = headerPropagation([]);
    assert.throws(() => headerPropagationFilter(object), /no rule for this/);
    assert.throws(() => headerPropagationFilter({ ...object, spec: { headerPrefix: ["x-"] } }), /headerPrefix/);
  });

  it("refuses two that say different things to one namespace, or to it and to the whole mesh", () => {
    const first = headerPropagation(["version"]);
    const second = (namespace: string) => headerPropagation(["colour"], namespace, "second");
    assert.throws(
      () => translate([first, second("default")], ports),
      /ASMHeaderPropagation default\/headers holds for/,
    );
    assert.throws(() => translate([first, second("istio-system")], ports), /one ASMHeaderPropagation for a pod/);
    assert.equal(translate([first, second("shop")], ports).length, 2);
    assert.equal(translate([first, headerPropagation(["version"], "default", "again")], ports).length, 2);
  });
});
