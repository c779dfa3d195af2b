import assert from "node:assert/strict";
import { findingCodes } from "../../../../../components/lanes/health/catalogue";
import { diagnose } from "../../../../../components/lanes/health/diagnose";
import type { MeshFacts } from "../../../../../components/lanes/health/facts";
import type { Finding } from "../../../../../components/lanes/health/finding";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";
import { gatewayPods, labelled, s1, s2, s2Input, s4, s4Input, s5, spread, strictlyLabelled } from "../fixtures";
import { chart, foreign, http } from "./faults/fault";
import { gatewayFaults } from "./faults/gateway";
import { meshFaults } from "./faults/mesh";
import { podFaults } from "./faults/pods";
import { routeFaults, theirs } from "./faults/routes";
import { serviceAndSubsetFaults } from "./faults/services-and-subsets";
import { stray, strayFaults } from "./faults/strays";
import { deployment, healthyFacts, istio, now, pod, remove, service, stack, withTls } from "./fixtures";

const faults = [
  ...podFaults,
  ...strayFaults,
  ...serviceAndSubsetFaults,
  ...routeFaults,
  ...gatewayFaults,
  ...meshFaults,
];

const plane = { name: "default", revision: "default", label: { "istio-injection": "enabled" } };
const run = (groups: readonly LaneGroup[], facts: unknown, replicas?: ReadonlyMap<string, number>): Finding[] =>
  diagnose(groups, facts as MeshFacts, {
    gateway: gatewayPods,
    stack,
    planes: () => plane,
    ...(replicas && { replicas }),
  });

describe("diagnose", () => {
  for (const group of [s1, s2, s4, s5, chart, spread, labelled, strictlyLabelled]) {
    it(`finds nothing on a healthy mesh: ${group.name}`, () => {
      const facts = healthyFacts(group);
      assert.deepEqual(run([group], facts), []);
    });
  }

  it("finds nothing where so many lanes share a service that the baseline has a second route in front of theirs", () => {
    const [first] = s4Input.lanes;
    assert.ok(first);
    const lanes = [
      ...s4Input.lanes,
      ...Array.from({ length: 12 }, (_, index) => ({ ...first, name: `more-${index}`, version: "v3", weight: 0 })),
    ];
    const group = laneGroupSchema.parse({ ...s4Input, lanes });
    const facts = healthyFacts(group);
    const names = http(facts, `${group.name}.${group.services[0]?.name}`).map((route) => route.name);
    assert.ok(new Set(names).size < names.length, `${names}`);
    assert.deepEqual(run([group], facts), []);
  });

  it("finds nothing with a good certificate, one label under a wildcard", () => {
    const facts = healthyFacts(chart);
    Object.assign(withTls(facts, "chart.example.com").certificate ?? {}, { hosts: ["*.example.com"] });
    assert.deepEqual(run([chart], facts), []);
  });

  it("takes fields that an API server leaves out or adds empty for the same", () => {
    const facts = healthyFacts(s2);
    Object.assign(http(facts, "test.mockb")[0] ?? {}, { headers: {}, mirrors: [], timeout: "" });
    assert.deepEqual(run([s2], facts), []);
  });

  it("does not call a push late that is only a moment old", () => {
    const facts = healthyFacts(s2);
    for (const sync of facts.controlPlane.syncs) Object.assign(sync, { acknowledged: false, sentAt: now - 1000 });
    assert.deepEqual(run([s2], facts), []);
  });

  it("lets others share the gateway's host on other paths, and the host in other gateways", () => {
    const facts = healthyFacts(s2);
    const gateways = ["istio-system/ingressgateway"];
    foreign(facts, "VirtualService", {
      gateways,
      hosts: ["*"],
      http: [{ match: [{ uri: { prefix: "/api" } }], route: [] }],
    });
    foreign(facts, "VirtualService", { gateways: ["default/other"], hosts: ["*"], http: [{ route: [] }] });
    assert.deepEqual(run([s2], facts), []);
  });

  it("lets gateways of others lead to a version, to another port, and to a service of one version", () => {
    const leadTo = (destination: object) =>
      [s2, s4].flatMap((group) => {
        const facts = healthyFacts(group);
        foreign(facts, "VirtualService", theirs(destination));
        return run([group], facts).map(({ code }) => code);
      });
    assert.deepEqual(leadTo({ host: "mockb" }), ["ML046", "ML046"]);
    assert.deepEqual(leadTo({ host: "mockb", subset: "version-v1" }), []);
    assert.deepEqual(leadTo({ host: "mockb", port: { number: 15 } }), []);
    assert.deepEqual(leadTo({ host: "mockb.elsewhere" }), []);
  });

  it("lets gateways of others lead to a service of one version", () => {
    const group = laneGroupSchema.parse({
      ...s4Input,
      services: s4Input.services.map((service) => ({ ...service, versions: ["v1"] })),
      lanes: [{ name: s4Input.baseline, version: "v1" }],
    });
    const facts = healthyFacts(group);
    foreign(facts, "VirtualService", theirs({ host: "mockb" }));
    assert.deepEqual(run([group], facts), []);
  });

  it("judges groups that share services' namespaces each by its own plan", () => {
    const facts = healthyFacts(s2, chart);
    remove(facts, "DestinationRule", "chart.live-chart.*");
    assert.deepEqual(
      run([s2, chart], facts).map(({ code, group }) => [code, group]),
      [["ML030", "chart"]],
    );
  });

  it("names a subset that was written into the other rule of a service there, and takes that for nobody else's", () => {
    const facts = healthyFacts(s2);
    istio(facts, "DestinationRule", "test.mockb").spec.subsets = [
      { name: "version-v2", labels: { ASM_TRAFFIC_TAG: "v1" } },
    ];
    assert.deepEqual(
      run([s2], facts).map(({ code }) => code),
      ["ML031"],
    );
  });

  it("names the lanes of a fallback alone where its clusters are gone, and not others of one version", () => {
    const shared = laneGroupSchema.parse({
      ...s4Input,
      lanes: [...s4Input.lanes, { name: "v9", weight: 0, version: "v1", versions: { mocka: "v3" } }],
    });
    const facts = healthyFacts(shared);
    remove(facts, "EnvoyFilter", "shop.v3.*");
    assert.deepEqual(
      run([shared], facts).map(({ code, lanes }) => [code, lanes]),
      [["ML060", ["v3", "v9"]]],
    );
  });

  it("names objects of a group that is not in config, by group", () => {
    const facts = healthyFacts(s2, chart);
    const [finding, ...rest] = run([s2], facts);
    assert.deepEqual(rest, []);
    assert.equal(finding?.code, "ML090");
    assert.equal(finding?.group, "chart");
    assert.match(finding?.cause ?? "", /group chart, which this stack's config does not have/);
  });

  it("leaves objects of other stacks and programs alone", () => {
    const facts = healthyFacts(s2, chart);
    const chartObjects = facts.istio.filter(({ labels }) => labels["mesh-lanes/group"] === "chart");
    assert.ok(chartObjects.length > 1);
    for (const [index, { labels }] of chartObjects.entries()) {
      if (index % 2 === 0) labels["mesh-lanes/stack"] = "mesh-lanes.other";
      else delete labels["mesh-lanes/stack"];
    }
    assert.deepEqual(run([s2], facts), []);
  });

  it("takes a selector of several labels, a release among them, as `labels` of the service says it", () => {
    const own = { "app.kubernetes.io/name": "mockb", "app.kubernetes.io/instance": "shop" };
    const services = s2Input.services.map((each) => (each.name === "mockb" ? { ...each, labels: own } : each));
    const group = laneGroupSchema.parse({ ...s2Input, services, scope: { egress: [] } });
    const facts = healthyFacts(group);
    service(facts, "mockb").selector = own;
    const labels = [...facts.pods.map((each) => each.labels), ...facts.workloads.map((each) => each.templateLabels)];
    for (const each of labels.filter(({ app }) => app === "mockb")) {
      delete each.app;
      Object.assign(each, own);
    }
    assert.deepEqual(run([group], facts), []);
  });

  it("lets pods call what is no service of the group, and ports that lanes do not route", () => {
    const facts = healthyFacts(s2);
    const [clusterIp] = service(facts, "mockc").addresses;
    const [podIp] = pod(facts, "mockc-v1").addresses;
    for (const call of [
      { authority: "api.example.com", destination: "203.0.113.7:443" },
      { authority: "api.example.com" },
      { authority: "203.0.113.7", destination: "203.0.113.7:80" },
      { authority: `${podIp}:9090`, destination: `${podIp}:9090` },
      { authority: "mockc:9090", destination: `${clusterIp}:9090` },
    ]) {
      stray(facts, "mockb-v2", call);
    }
    assert.deepEqual(run([s2], facts), []);
  });

  it("leaves alone pods of one service that find each other by address", () => {
    const facts = healthyFacts(s2);
    const peer = `${pod(facts, "mockb-v1").addresses[0]}:8000`;
    stray(facts, "mockb-v2", { authority: peer, destination: peer });
    assert.deepEqual(run([s2], facts), []);
  });

  it("knows a Host of the entry where the log does not tell the address, unless the entry takes any", () => {
    const at = (...hosts: string[]) => {
      const group = laneGroupSchema.parse({ ...s2Input, entry: { ...s2Input.entry, hosts } });
      const facts = healthyFacts(group);
      stray(facts, "mockb-v2", { authority: "a.example.com:8000" });
      return run([group], facts).map(({ code, lanes, cause }) => [code, lanes, cause]);
    };
    const cause = "mockb-v2-x of mockb calls with Host a.example.com:8000; no route has it, so the call is in no lane.";
    assert.deepEqual(at("*.example.com"), [["ML013", ["s2"], cause]]);
    assert.deepEqual(at("b.example.com"), []);
    assert.deepEqual(at("*"), []);
  });

  it("puts the worst first", () => {
    const facts = healthyFacts(s2);
    deployment(facts, "mocka-v1").replicas = 2;
    remove(facts, "VirtualService", "test");
    assert.deepEqual(
      run([s2], facts).map(({ code, severity }) => [severity, code]),
      [
        ["error", "ML043"],
        ["warning", "ML007"],
      ],
    );
  });

  for (const {
    code,
    severity = "error",
    fault,
    group = s2,
    make,
    replicas,
    lanes,
    service: name,
    says,
    fix,
  } of faults) {
    it(`fails with ${code}, ${severity}, and nothing else: ${fault}`, () => {
      const facts = healthyFacts(group);
      make(facts);
      const found = run([group], facts, replicas);
      assert.deepEqual(
        found.map((finding) => [finding.code, finding.severity, finding.lanes, finding.service]),
        [[code, severity, lanes, name]],
        found.map(({ cause }) => cause).join("\n"),
      );
      assert.match(found[0]?.cause ?? "", says);
      assert.match(found[0]?.fix ?? "", fix ?? /\w/);
    });
  }

  it("warns of a caller outside the groups whose proxy is connected to no control plane", () => {
    const facts = healthyFacts(s2);
    const like = structuredClone(pod(facts, "mocka-v1"));
    facts.pods.push({
      ...like,
      name: "caller-1",
      labels: { app: "caller" },
      owner: { kind: "Deployment", name: "caller" },
    });
    const [finding, ...rest] = run([s2], facts);
    assert.deepEqual(rest, []);
    assert.deepEqual([finding?.code, finding?.severity, finding?.lanes], ["ML072", "warning", []]);
    assert.match(finding?.cause ?? "", /in no lane group .* default\/caller-1/);
    facts.controlPlane.connected.push("caller-1.default");
    assert.deepEqual(run([s2], facts), []);
  });

  it("names the label of the control plane that the config has for a namespace without one", () => {
    const facts = healthyFacts(s2);
    for (const namespace of facts.namespaces) namespace.labels = {};
    for (const each of facts.pods) each.proxyRevision = "v1-31";
    const planes = () => ({ name: "v1-31", revision: "v1-31", label: { "istio.io/rev": "v1-31" } });
    const [finding, ...rest] = diagnose([s2], facts as MeshFacts, { gateway: gatewayPods, stack, planes });
    assert.deepEqual([finding?.code, rest], ["ML011", []]);
    assert.match(finding?.fix ?? "", /^kubectl label namespace default istio\.io\/rev=v1-31 --overwrite && /);
  });

  /** S2 on an Istio of others: two control planes, and a tag that its namespace has. */
  function tagged(label: string) {
    const facts = healthyFacts(s2);
    facts.revisions = { revisions: ["1-30-0", "1-31-0"], tags: { stable: "1-31-0" } };
    for (const namespace of facts.namespaces) namespace.labels = { "istio.io/rev": label };
    for (const each of facts.pods) each.proxyRevision = "1-31-0";
    pod(facts, "mockb-v2").proxyRevision = "1-30-0";
    return facts;
  }

  it("names proxies that a tag has left behind, by the config's name and by that of a namespace of others", () => {
    const label = { "istio.io/rev": "stable" };
    for (const plane of [undefined, { name: "stable", label }, { name: "stable", revision: "1-31-0", label }]) {
      const options = { gateway: gatewayPods, stack, planes: () => plane };
      const [finding, ...rest] = diagnose([s2], tagged("stable") as MeshFacts, options);
      assert.deepEqual([finding?.code, finding?.service, rest], ["ML075", "mockb", []]);
      assert.match(
        finding?.cause ?? "",
        /: default\/mockb-v2-x of 1-30-0 \(not 1-31-0, for which tag stable stands\)\.$/,
      );
    }
  });

  it("names a namespace whose label is that of no control plane, and what it should be", () => {
    const planes = () => ({ name: "stable", label: { "istio.io/rev": "stable" } });
    const [finding, ...rest] = diagnose([s2], tagged("stabel") as MeshFacts, { gateway: gatewayPods, stack, planes });
    assert.deepEqual([finding?.code, finding?.severity, rest], ["ML011", "warning", []]);
    assert.match(
      finding?.cause ?? "",
      /labelled for stabel, which is neither a revision nor a tag of a control plane \(revisions 1-30-0, 1-31-0; tag stable \(1-31-0\)\): its pods have sidecars now/,
    );
    assert.match(finding?.fix ?? "", /^kubectl label namespace default istio\.io\/rev=stable --overwrite && /);
    const unread = tagged("stabel");
    unread.revisions.problem = "forbidden";
    assert.deepEqual(diagnose([s2], unread as MeshFacts, { gateway: gatewayPods, stack, planes }), []);
  });

  it("takes the older label away where it hides the one of the control plane", () => {
    const facts = tagged("stable");
    pod(facts, "mockb-v2").proxyRevision = "1-31-0";
    for (const { labels } of facts.namespaces) Object.assign(labels, { "istio-injection": "disabled" });
    const planes = () => ({ name: "stable", revision: "1-31-0", label: { "istio.io/rev": "stable" } });
    const [finding] = diagnose([s2], facts as MeshFacts, { gateway: gatewayPods, stack, planes });
    assert.equal(finding?.code, "ML011");
    assert.match(finding?.fix ?? "", /^kubectl label namespace default istio-injection- istio\.io\/rev=stable --o/);
  });

  it("says nothing of the control plane of namespaces where nobody knows it", () => {
    const facts = healthyFacts(s2);
    facts.revisions = { revisions: [], tags: {} };
    for (const each of facts.pods) each.proxyRevision = "theirs";
    assert.deepEqual(diagnose([s2], facts as MeshFacts, { gateway: gatewayPods, stack }), []);
  });

  it("has a fault for every code", () => {
    const tested = new Set(faults.map(({ code }) => code));
    assert.deepEqual(
      findingCodes.filter((code) => !tested.has(code)),
      [],
    );
  });
});
