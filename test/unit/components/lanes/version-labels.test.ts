import assert from "node:assert/strict";
import { formatExplanation } from "../../../../cli/explain/format";
import { callReader } from "../../../../components/lanes/analysis/access-log";
import { renderAsm } from "../../../../components/lanes/asm/render";
import { explain } from "../../../../components/lanes/explain";
import { renderIstio } from "../../../../components/lanes/istio/render";
import { podLabelsBySelector } from "../../../../components/lanes/object";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";
import { topologyOf } from "../../../../components/lanes/topology/model";
import { validateLaneGroups } from "../../../../components/lanes/validate";
import {
  callerLabels,
  toldBy,
  versionKeys,
  versionLabels,
  versionOfPod,
} from "../../../../components/lanes/version-labels";
import { serviceIn } from "../../../service-in";
import { gatewayPods, labelled, labelledInput, s2, s4, strictlyLabelled, strictlyLabelledInput } from "./fixtures";

const services = (change: object, name = "cart") =>
  labelledInput.services.map((service) => (service.name === name ? { ...service, ...change } : service));
const problemsOf = (input: LaneGroupInput, mesh: "istio" | "asm" = "istio") =>
  validateLaneGroups([{ path: "g", input }], mesh).map(({ path, got }) => `${path}: ${got}`);

describe("labels of versions", () => {
  it("are the group's one, the service's one, or those of a map", () => {
    const of = (name: string, version: string) => versionLabels(labelled, serviceIn(labelled, name), version);
    assert.deepEqual(of("prices", "v2"), { version: "v2" });
    assert.deepEqual(of("web", "v2"), { "app.kubernetes.io/version": "v2" });
    assert.deepEqual(of("cart", "v2"), { track: "canary", release: "b" });
    assert.deepEqual(versionKeys(labelled, serviceIn(labelled, "cart")), ["track", "release"]);
  });

  it("tell the version of a pod, whatever else it has", () => {
    const of = (name: string, pod: Record<string, string>) => versionOfPod(labelled, serviceIn(labelled, name), pod);
    for (const service of labelled.services) {
      for (const version of service.versions) {
        const labels = { app: service.name, ...versionLabels(labelled, service, version) };
        assert.equal(of(service.name, labels), version);
        assert.deepEqual(toldBy(labelled, service, labels), versionLabels(labelled, service, version));
      }
    }
    assert.equal(of("cart", { track: "stable", release: "b" }), "v1");
    assert.equal(of("cart", { track: "canary" }), undefined);
    assert.equal(of("cart", { version: "v1" }), undefined);
    assert.equal(of("web", { version: "v1" }), undefined);
    // A label that is the version says more than what is declared.
    assert.equal(of("web", { "app.kubernetes.io/version": "v9" }), "v9");
  });

  it("are not among the labels of all pods that a Service's selector tells", () => {
    const selector = { component: "cart", release: "b", tier: "back" };
    const keys = versionKeys(labelled, serviceIn(labelled, "cart"));
    assert.deepEqual(podLabelsBySelector({ name: "cart" }, selector, keys), { component: "cart", tier: "back" });
  });
});

describe("objects of services with labels of their own", () => {
  const objects = (group: LaneGroup) => renderIstio(group, { gateway: gatewayPods });
  const subsets = (group: LaneGroup, service: string) =>
    objects(group)
      .filter(({ kind, spec }) => kind === "DestinationRule" && spec.host === `${service}.shop.svc.cluster.local`)
      .flatMap(({ spec }) => (spec.subsets ?? []) as { name: string; labels: object }[]);

  it("have subsets of the usual names that select by them", () => {
    assert.deepEqual(subsets(labelled, "cart"), [
      { name: "version-v1", labels: { track: "stable" } },
      { name: "version-v2", labels: { track: "canary", release: "b" } },
    ]);
    assert.deepEqual(subsets(labelled, "web")[1], {
      name: "version-v2",
      labels: { "app.kubernetes.io/version": "v2" },
    });
    assert.deepEqual(subsets(labelled, "prices")[1], { name: "version-v2", labels: { version: "v2" } });
    // Clusters of the fallback are named after versions, so nothing else of the group differs from one without them.
    const plain = laneGroupSchema.parse({
      ...labelledInput,
      services: labelledInput.services.map(({ versionLabel: _, versionLabels: __, ...service }) => service),
    });
    const others = (group: LaneGroup) => objects(group).filter(({ kind }) => kind !== "DestinationRule");
    assert.deepEqual(others(labelled), others(plain));
  });

  it("know a strict caller by its own labels too, since another service's may mean another version", () => {
    const sources = (group: LaneGroup, service: string) =>
      objects(group)
        .filter(({ kind, metadata }) => kind === "VirtualService" && metadata.name === `${group.name}.${service}`)
        .flatMap(({ spec }) => spec.http as { match: { sourceLabels?: object }[] }[])
        .flatMap(({ match }) => match.flatMap(({ sourceLabels }) => sourceLabels ?? []));
    assert.deepEqual(sources(strictlyLabelled, "cart"), [{ app: "web", "app.kubernetes.io/version": "v2" }]);
    assert.deepEqual(sources(strictlyLabelled, "prices"), [{ app: "cart", track: "canary", release: "b" }]);
    // Where all have one label, it is enough.
    assert.deepEqual(callerLabels(s2, serviceIn(s2, "mocka"), "v1"), { ASM_TRAFFIC_TAG: "v1" });
  });

  it("tell the version on answers: by the label where its value is the version, else by a filter of each version's pods", () => {
    const asked = (entry: string) => {
      const group = laneGroupSchema.parse({
        ...labelledInput,
        responseHeaders: true,
        entry: { ...labelledInput.entry, service: entry },
      });
      const all = objects(group);
      const routes = all.find(({ kind, metadata }) => kind === "VirtualService" && metadata.name === "labelled")?.spec;
      const labels = JSON.stringify(routes).match(/"x-mesh-version":"[^"]*"/g) ?? [];
      const filters = all.filter(({ metadata }) => metadata.name.includes(".answer."));
      return { labels: [...new Set(labels)], filters };
    };
    assert.deepEqual(asked("web"), { labels: ['"x-mesh-version":"app.kubernetes.io/version"'], filters: [] });
    const { labels, filters } = asked("cart");
    assert.deepEqual(labels, []);
    assert.deepEqual(
      filters.map(({ metadata, spec }) => [metadata.name, spec.workloadSelector]),
      [
        ["labelled.answer.cart.v1", { labels: { app: "cart", track: "stable" } }],
        ["labelled.answer.cart.v2", { labels: { app: "cart", track: "canary", release: "b" } }],
      ],
    );
  });

  it("are written for ASM's routes as well", () => {
    const rules = renderAsm(labelled).filter(
      ({ kind, spec }) => kind === "DestinationRule" && spec.host === "cart.shop.svc.cluster.local",
    );
    assert.deepEqual(
      rules.flatMap(({ spec }) => (spec.subsets ?? []) as { labels: object }[]).map((subset) => subset.labels),
      [{ track: "stable" }, { track: "canary", release: "b" }],
    );
  });
});

describe("what is told of services with labels of their own", () => {
  it("is the labels of the pods that answer, in explain", () => {
    const request = { host: "shop.example.com", path: "/", headers: { "x-lane-entry": "v2" } };
    const found = explain([labelled], request);
    assert.ok(found.status === "routed");
    assert.deepEqual(
      found.outcomes[0]?.hops.map(({ service, labels }) => [service, labels]),
      [
        ["web", { "app.kubernetes.io/version": "v2" }],
        ["cart", { track: "canary", release: "b" }],
        ["prices", undefined],
      ],
    );
    const text = formatExplanation(found, { gateway: "istio-system/ingressgateway", request, tried: [] });
    assert.match(text, /\n {2}cart v2: pods with track=canary,release=b(\n|$)/);
    assert.ok(!JSON.stringify(explain([s4], { ...request, headers: {} })).includes('"labels"'));
  });

  it("is every label that keeps a strict lane, in the topology", () => {
    assert.ok(
      JSON.stringify(topologyOf(strictlyLabelled)).includes(
        "the caller's labels app.kubernetes.io/version, track, release, version keep the lane",
      ),
    );
  });

  it("is a fallback where the log tells the version by the label that the service has", () => {
    const line = (service: string, workload: string) =>
      JSON.stringify({
        upstream_cluster: `outbound|8080|version-v2|${service}.shop.svc.cluster.local`,
        route_name: `labelled/${service}/v2`,
        response_code: 200,
        lane: "v2",
        upstream_workload: workload,
      });
    const read = callReader(labelled);
    assert.equal(read(line("prices", "prices-1;shop;prices;v1;Kubernetes"))?.fellBack, true);
    assert.equal(read(line("web", "web-1;shop;web;v1;Kubernetes"))?.fellBack, true);
    assert.equal(read(line("web", "web-1;shop;web;v2;Kubernetes"))?.fellBack, false);
    // What Istio calls the version there is a label that does not tell cart's.
    assert.equal(read(line("cart", "cart-1;shop;cart;v1;Kubernetes"))?.fellBack, false);
    const map = { v1: { version: "1.4" }, v2: { version: "1.5" } };
    const byMap = callReader(laneGroupSchema.parse({ ...labelledInput, services: services({ versionLabels: map }) }));
    assert.equal(byMap(line("cart", "cart-1;shop;cart;1.4;Kubernetes"))?.fellBack, true);
    assert.equal(byMap(line("cart", "cart-2;shop;cart;1.5;Kubernetes"))?.fellBack, false);
  });
});

describe("checks of labels of versions", () => {
  const withMap = (versionLabels: unknown) =>
    problemsOf({ ...labelledInput, services: services({ versionLabels }) } as LaneGroupInput);

  it("pass for labels that tell versions apart", () => {
    assert.deepEqual(problemsOf(labelledInput), []);
    assert.deepEqual(problemsOf(strictlyLabelledInput), []);
    assert.deepEqual(problemsOf(labelledInput, "asm"), []);
  });

  it("find a version without labels, unknown versions, and labels that Kubernetes does not take", () => {
    assert.deepEqual(withMap({ v1: { track: "stable" } }), ['g.services[1].versionLabels: no labels of version "v2"']);
    assert.deepEqual(withMap({ v1: { track: "stable" }, v2: {} }), ["g.services[1].versionLabels.v2: got {}"]);
    assert.deepEqual(withMap({ v1: { track: "stable" }, v2: { track: "b" }, v3: { track: "c" } }), [
      'g.services[1].versionLabels.v3: unknown version "v3"',
    ]);
    assert.deepEqual(withMap({ v1: { track: "not a value" }, v2: { "a/b/c": "d" } }), [
      'g.services[1].versionLabels.v1.track: got "not a value"',
      'g.services[1].versionLabels.v2.a/b/c: key "a/b/c"',
    ]);
    assert.deepEqual(problemsOf({ ...labelledInput, services: services({ versionLabel: "a b" }, "web") }), [
      'g.services[0].versionLabel: got "a b"',
    ]);
    assert.deepEqual(problemsOf({ ...labelledInput, services: services({ versionLabel: "track" }) }), [
      "g.services[1].versionLabel: versionLabel beside versionLabels",
    ]);
  });

  it("find versions of which one pod may have the labels of both", () => {
    assert.deepEqual(withMap({ v1: { track: "stable" }, v2: { track: "stable", release: "b" } }), [
      "g.services[1].versionLabels.v2: track=stable of v1 selects the pods of v2 too",
    ]);
    assert.deepEqual(withMap({ v1: { track: "a", release: "b" }, v2: { release: "b" } }), [
      "g.services[1].versionLabels.v2: release=b of v2 selects the pods of v1 too",
    ]);
    assert.deepEqual(withMap({ v1: { blue: "true" }, v2: { green: "true" } }), [
      "g.services[1].versionLabels.v2: a pod may have both blue=true of v1 and green=true of v2",
    ]);
  });

  it("find labels of all pods that differ between versions", () => {
    const byApp = { v1: { app: "cart" }, v2: { app: "cart-canary" } };
    assert.deepEqual(withMap(byApp), [
      "g.services[1].labels: no labels, so the default app=cart, and app tells the version",
    ]);
    const change = { versionLabels: byApp, labels: { part: "cart" } };
    assert.deepEqual(problemsOf({ ...labelledInput, services: services(change) } as LaneGroupInput), []);
    const both = { labels: { track: "stable" } };
    assert.deepEqual(problemsOf({ ...labelledInput, services: services(both) }), [
      "g.services[1].labels.track: track, the label that tells the version",
    ]);
  });

  it("find strict callers of two lanes whose pods no label tells apart", () => {
    const shared = { labels: { app: "shared" } };
    const group: LaneGroupInput = {
      ...strictlyLabelledInput,
      services: [
        {
          ...shared,
          name: "web",
          port: 80,
          versions: ["v1", "v2"],
          calls: ["prices"],
          versionLabels: sameTracks("v1"),
        },
        {
          ...shared,
          name: "cart",
          port: 80,
          versions: ["v1", "v2"],
          calls: ["prices"],
          versionLabels: sameTracks("v2"),
        },
        { name: "prices", port: 80, versions: ["v1", "v2"] },
      ],
    };
    assert.deepEqual(problemsOf(group), [
      "g.lanes[1]: pods with app=shared,track=b in lane v2, and pods with app=shared,track=b in lane v1",
      "g.lanes[1]: pods with app=shared,track=a in lane v2, and pods with app=shared,track=a in lane v1",
    ]);
    const apart = group.services.map(({ labels: _, ...service }) => service);
    assert.deepEqual(problemsOf({ ...group, services: apart }), []);
  });

  /** Of which the first version's pods are those of the other service's second one. */
  function sameTracks(first: string) {
    return first === "v1" ? { v1: { track: "a" }, v2: { track: "b" } } : { v1: { track: "b" }, v2: { track: "a" } };
  }

  it("refuse what ASM has one label for", () => {
    const { traceHeader: _, ...swimlanes } = { ...labelledInput, traceHeader: undefined, asmWay: "swimlanes" as const };
    const found = problemsOf({ ...swimlanes }, "asm");
    const reason = "a swimlane selects the pods of all its services by one label, whose value is the version";
    assert.ok(found.includes(`g.services[0].versionLabel: versionLabel of web: ${reason}`), found.join("\n"));
    assert.ok(found.includes(`g.services[1].versionLabels: versionLabels of cart: ${reason}`), found.join("\n"));
    const caller =
      "ASM's TrafficLabel tells a strict caller's lane by one label of all services, whose value is the version";
    assert.deepEqual(problemsOf(strictlyLabelledInput, "asm"), [
      `g.services[0].versionLabel: versionLabel of web: ${caller}`,
      `g.services[1].versionLabels: versionLabels of cart: ${caller}`,
    ]);
  });
});
