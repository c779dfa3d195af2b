import { sidecarFilters } from "../../../../../../components/lanes/istio/proxy-filters";
import { laneGroupSchema } from "../../../../../../components/lanes/spec";
import { s2Input, s4, s4Input } from "../../fixtures";
import { type FactsUnderTest, istio, now, pod, remove, service, the } from "../fixtures";
import { all, type Fault, scoped, sharing } from "./fault";

/** Gives the pods of a service the label `service` instead of `app`, as its Service then selects them. */
function relabel(facts: FactsUnderTest, name: string, value: string): void {
  service(facts, name).selector = { service: value };
  const labelled = [...facts.pods.map(({ labels }) => labels), ...facts.workloads.map((each) => each.templateLabels)];
  for (const labels of labelled) {
    if (labels.app !== name) continue;
    delete labels.app;
    labels.service = value;
  }
}

const { metadata: ofSidecars } = sidecarFilters("default");

/** Proxies, filters, scope, policies and what is left over: ML060 to ML090. */
export const meshFaults: readonly Fault[] = [
  {
    code: "ML060",
    fault: "the filter that carries the lane is gone",
    group: s4,
    make: (facts) => remove(facts, "EnvoyFilter", "shop"),
    lanes: ["v1", "v2", "v3"],
    says: /keeps the lane's header and the baggage in step/,
  },
  {
    code: "ML060",
    fault: "the clusters of a lane's fallback are gone",
    group: s4,
    make: (facts) => remove(facts, "EnvoyFilter", "shop.v3.*"),
    lanes: ["v3"],
    says: /brings the clusters through which fallbacks of lane v3 lead/,
  },
  {
    code: "ML060",
    severity: "warning",
    fault: "the routes of the fallback are gone",
    group: s4,
    make: (facts) => remove(facts, "EnvoyFilter", "shop.mockb"),
    lanes: ["v1", "v2", "v3"],
    says: /points routes at the fallback/,
  },
  {
    code: "ML060",
    fault: "the patches that deal users to lanes are gone",
    group: laneGroupSchema.parse({ ...s4Input, entry: { ...s4Input.entry, user: { header: "x-user-id" } } }),
    make: (facts) => remove(facts, "EnvoyFilter", "shop.entry.routes.fallback"),
    lanes: ["v1", "v2", "v3"],
    says: /gives each user the same lane/,
  },
  {
    code: "ML061",
    fault: "a filter was changed",
    group: s4,
    make: (facts) => {
      istio(facts, "EnvoyFilter", "shop").spec.configPatches = [];
    },
    lanes: ["v1", "v2", "v3"],
    says: /was changed: configPatches\[0\] is missing/,
  },
  {
    code: "ML060",
    severity: "warning",
    fault: "the filter that tells a version on answers is gone",
    group: laneGroupSchema.parse({ ...s2Input, responseHeaders: true }),
    make: (facts) => remove(facts, "EnvoyFilter", ofSidecars.name),
    lanes: all,
    says: /brings the proxies' filters for lanes/,
  },
  {
    code: "ML060",
    fault: "the filters that all groups share are gone",
    group: s4,
    make: (facts) => remove(facts, "EnvoyFilter", ofSidecars.name),
    lanes: ["v1", "v2", "v3"],
    says: /brings the proxies' filters for lanes/,
  },
  {
    code: "ML062",
    severity: "warning",
    fault: "a Sidecar is gone",
    group: scoped,
    make: (facts) => remove(facts, "Sidecar", "test.mockb"),
    lanes: all,
    says: /There is no Sidecar default\/test\.mockb: its pods are sent the config of the whole mesh/,
  },
  {
    code: "ML063",
    fault: "a Sidecar was changed",
    group: scoped,
    make: (facts) => {
      istio(facts, "Sidecar", "test.mockb").spec.egress = [{ hosts: ["~/*"] }];
    },
    lanes: all,
    says: /Sidecar default\/test\.mockb was changed: egress\[0\]\.hosts\[0\] is "~\/\*"/,
  },
  {
    code: "ML064",
    severity: "warning",
    fault: "another Sidecar is for the same pods",
    group: scoped,
    make: (facts) => {
      const { spec, ...planned } = istio(facts, "Sidecar", "test.mockb");
      facts.istio.push({ ...planned, name: "mine", labels: {}, spec: { workloadSelector: spec.workloadSelector } });
    },
    lanes: all,
    service: "mockb",
    says: /Sidecar default\/mine is for the pods of mockb too/,
    fix: /kubectl delete sidecars\.networking\.istio\.io -n default mine/,
  },
  {
    code: "ML065",
    fault: "pods of a service with WebSockets over HTTP/2 have other labels than the filter looks for",
    group: laneGroupSchema.parse({
      ...s2Input,
      services: s2Input.services.map((each) => (each.name === "mockb" ? { ...each, http2: "upgrade" } : each)),
    }),
    make: (facts) => relabel(facts, "mockb", "mockb"),
    lanes: all,
    service: "mockb",
    says: /select pods of mockb by app=mockb, which mockb-v1-x, mockb-v2-x and mockb-v3-x do not have.*WebSockets over HTTP\/2 fail with 503/,
    fix: /^Write labels: \{"service":"mockb"\} on the service mockb of the lane group/,
  },
  {
    code: "ML065",
    severity: "warning",
    fault: "pods of a service of a scoped group have other labels than its Sidecar looks for",
    group: laneGroupSchema.parse({ ...s4Input, scope: { egress: [] } }),
    make: (facts) => relabel(facts, "mockb", "mockb"),
    lanes: ["v1", "v2", "v3"],
    service: "mockb",
    says: /they are sent the config of the whole mesh; their calls have no runtime fallback/,
  },
  {
    code: "ML065",
    severity: "warning",
    fault: "the labels that are written fit none of the pods, which have the usual ones",
    group: laneGroupSchema.parse({
      ...s2Input,
      scope: { egress: [] },
      services: s2Input.services.map((each) => (each.name === "mockb" ? { ...each, labels: { tier: "b" } } : each)),
    }),
    make: () => {},
    lanes: all,
    service: "mockb",
    says: /by tier=b, which mockb-v1-x, mockb-v2-x and mockb-v3-x do not have/,
    fix: /^Remove labels of the service mockb of the lane group/,
  },
  {
    code: "ML070",
    severity: "warning",
    fault: "a sidecar has not acknowledged its routes",
    make: (facts) => {
      Object.assign(
        the(facts.controlPlane.syncs, ({ proxy }) => proxy === "mockb-v2-x.default"),
        {
          acknowledged: false,
          sentAt: now - 90_000,
        },
      );
    },
    lanes: ["s2"],
    service: "mockb",
    says: /have not acknowledged their routes for up to 90 s .* default\/mockb-v2-x/,
  },
  {
    code: "ML071",
    fault: "the gateway rejects its routes",
    make: (facts) => {
      Object.assign(
        the(facts.controlPlane.syncs, ({ proxy }) => proxy.startsWith("istio-ingressgateway")),
        {
          acknowledged: false,
          sentAt: now - 90_000,
          rejection: "Proto constraint validation failed",
        },
      );
    },
    lanes: all,
    says: /of the gateway reject the routes .* Proto constraint validation failed/,
  },
  {
    code: "ML072",
    fault: "a sidecar is not connected",
    make: (facts) => {
      facts.controlPlane.connected = facts.controlPlane.connected.filter((proxy) => proxy !== "mockb-v2-x.default");
    },
    lanes: ["s2"],
    service: "mockb",
    says: /not connected to the control plane .* default\/mockb-v2-x/,
  },
  {
    code: "ML073",
    fault: "no control plane runs",
    make: (facts) => {
      facts.controlPlane = { answered: 0, problems: [], connected: [], syncs: [], versions: [] };
    },
    lanes: [],
    says: /no pod of it is running/,
  },
  {
    code: "ML073",
    severity: "warning",
    fault: "the control plane does not answer",
    make: (facts) => {
      facts.controlPlane = {
        answered: 0,
        problems: ["istio-system/istiod-1: forbidden"],
        connected: [],
        syncs: [],
        versions: [],
      };
    },
    lanes: [],
    says: /forbidden/,
  },
  {
    code: "ML074",
    severity: "note",
    fault: "a sidecar of the minor version before its control plane's",
    make: (facts) => {
      Object.assign(
        the(facts.controlPlane.versions, ({ proxy }) => proxy === "mockb-v2-x.default"),
        { version: "1.30.4" },
      );
    },
    lanes: [],
    service: "mockb",
    says: /of mockb are of another version of Istio than their control plane: default\/mockb-v2-x 1\.30\.4 \(istiod 1\.31\.2\)\.$/,
    fix: /kubectl rollout restart deployment -n default mockb-v2$/,
  },
  {
    code: "ML074",
    severity: "warning",
    fault: "a gateway that is newer than its control plane",
    make: (facts) => {
      Object.assign(
        the(facts.controlPlane.versions, ({ proxy }) => proxy.startsWith("istio-ingressgateway")),
        { version: "1.32.0" },
      );
    },
    lanes: [],
    says: /of the gateway are .*, further apart than Istio supports: istio-system\/istio-ingressgateway-1 1\.32\.0/,
  },
  {
    code: "ML075",
    severity: "warning",
    fault: "a pod that was not made again when its namespace moved to another control plane",
    make: (facts) => {
      Object.assign(pod(facts, "mockb-v2"), { proxyRevision: "v1-30" });
    },
    lanes: [],
    service: "mockb",
    says: /of mockb are of another control plane than that of their namespace: default\/mockb-v2-x of v1-30 \(not default\)\.$/,
    fix: /kubectl rollout restart deployment -n default mockb-v2$/,
  },
  {
    code: "ML075",
    severity: "warning",
    fault: "a gateway with the proxy of another control plane",
    make: (facts) => {
      Object.assign(
        the(facts.pods, ({ name }) => name.startsWith("istio-ingressgateway")),
        { proxyRevision: "v1-30" },
      );
    },
    lanes: [],
    says: /of the gateway are .*: istio-system\/istio-ingressgateway-1 of v1-30 \(not default\)\.$/,
  },
  {
    code: "ML080",
    severity: "note",
    fault: "two strict lanes have the same version of a service",
    group: sharing,
    make: () => {},
    lanes: ["a", "b"],
    service: "back",
    says: /Lanes a and b share the pods of back v1/,
  },
  {
    code: "ML090",
    severity: "warning",
    fault: "an object of a lane that is gone",
    make: (facts) => {
      const old = structuredClone(istio(facts, "DestinationRule", "test.mocka"));
      Object.assign(old, { name: "test.s9.mocka" });
      Object.assign(old.labels, { "mesh-lanes/lane": "s9" });
      facts.istio.push(old);
    },
    lanes: [],
    says: /DestinationRule default\/test\.s9\.mocka is of lane s9 of group test, which config does not have/,
    fix: /kubectl delete destinationrule -n default test\.s9\.mocka/,
  },
];
