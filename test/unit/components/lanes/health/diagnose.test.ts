import assert from "node:assert/strict";
import { diagnose } from "../../../../../components/lanes/health/diagnose";
import type { MeshFacts } from "../../../../../components/lanes/health/facts";
import {
  type Finding,
  type FindingCode,
  findingTitles,
  type Severity,
} from "../../../../../components/lanes/health/finding";
import { completeLaneGroup, type LaneGroup } from "../../../../../components/lanes/spec";
import { gatewayPods, s1, s2, s2Input, s4, s5 } from "../fixtures";
import {
  day,
  deployment,
  type FactsUnderTest,
  healthyFacts,
  istio,
  now,
  pod,
  remove,
  service,
  the,
  withTls,
} from "./fixtures";

const run = (groups: readonly LaneGroup[], facts: unknown): Finding[] =>
  diagnose(groups, facts as MeshFacts, { gateway: gatewayPods });

/** A fault, and the one finding that it must give. */
interface Case {
  readonly code: FindingCode;
  readonly severity?: Severity;
  readonly fault: string;
  /** Default: S2, three strict lanes. */
  readonly group?: LaneGroup;
  readonly make: (facts: FactsUnderTest) => void;
  readonly lanes: readonly string[];
  readonly service?: string;
  /** The cause must say this. */
  readonly says: RegExp;
  /** The mend must say this. */
  readonly mend?: RegExp;
}

const all = ["s1", "s2", "s3"];
const scoped = completeLaneGroup({ ...s2Input, scope: { egress: [] } });
const chart = completeLaneGroup({
  name: "chart",
  mode: "strict",
  services: [{ name: "live-chart", port: 8888, versions: ["v1"] }],
  entry: { service: "live-chart", gateway: "istio-system/ingressgateway", hosts: ["chart.example.com"] },
  baseline: "v1",
  lanes: [{ name: "v1" }],
});
const sharing = completeLaneGroup({
  name: "share",
  mode: "strict",
  services: [
    { name: "front", port: 80, versions: ["v1", "v2"] },
    { name: "back", port: 80, versions: ["v1"] },
  ],
  entry: { service: "front", gateway: "istio-system/ingressgateway", header: "x-lane", unmatched: "reject" },
  lanes: [
    { name: "a", version: "v1" },
    { name: "b", version: "v2", versions: { back: "v1" } },
  ],
});

function trouble(facts: FactsUnderTest, name: string, phase: string, reason: string, message = ""): void {
  Object.assign(pod(facts, name), { ready: false, phase, troubles: [{ container: "app", reason, message }] });
  facts.controlPlane.syncs = [];
}

function foreign(facts: FactsUnderTest, kind: string, spec: object, age = 2 * day): void {
  facts.istio.push({
    kind,
    namespace: "default",
    name: "foreign",
    labels: {},
    createdAt: now - age,
    spec: spec as Record<string, unknown>,
  });
}

const subsets = (facts: FactsUnderTest, name: string) =>
  istio(facts, "DestinationRule", name).spec.subsets as { labels: Record<string, string> }[];
const http = (facts: FactsUnderTest, name: string) =>
  istio(facts, "VirtualService", name).spec.http as Record<string, unknown>[];

const cases: Case[] = [
  {
    code: "ML001",
    fault: "a pod was relabelled to another lane's version",
    make: (facts) => Object.assign(pod(facts, "mockb-v1").labels, { ASM_TRAFFIC_TAG: "v2" }),
    lanes: ["s2", "s1"],
    service: "mockb",
    says: /mockb-v1-x of mockb carries ASM_TRAFFIC_TAG=v2, but .* v1: lane s2 gets version v1; lane s1 has no ready pod/,
    mend: /kubectl label pod -n default mockb-v1-x ASM_TRAFFIC_TAG=v1 --overwrite/,
  },
  {
    code: "ML001",
    fault: "a Deployment's template carries another version's label",
    make: (facts) => {
      Object.assign(pod(facts, "mockb-v1").labels, { ASM_TRAFFIC_TAG: "v2" });
      Object.assign(deployment(facts, "mockb-v1").templateLabels, { ASM_TRAFFIC_TAG: "v2" });
    },
    lanes: ["s2", "s1"],
    service: "mockb",
    says: /lane s2 gets version v1/,
    mend: /pod template of Deployment default\/mockb-v1/,
  },
  {
    code: "ML001",
    fault: "a pod lost the label",
    make: (facts) => {
      delete pod(facts, "mockc-v3").labels.ASM_TRAFFIC_TAG;
    },
    lanes: ["s3"],
    service: "mockc",
    says: /has no label ASM_TRAFFIC_TAG/,
  },
  {
    code: "ML002",
    fault: "a version was never deployed",
    make: (facts) => {
      facts.pods = facts.pods.filter(({ name }) => name !== "mockc-v2-x");
      facts.deployments = facts.deployments.filter(({ name }) => name !== "mockc-v2");
    },
    lanes: ["s2"],
    service: "mockc",
    says: /no Deployment and no pod .* requests of lane s2 fail with 503/,
  },
  {
    code: "ML003",
    fault: "a strict lane's version is scaled to zero",
    make: (facts) => {
      facts.pods = facts.pods.filter(({ name }) => name !== "mockc-v2-x");
      deployment(facts, "mockc-v2").replicas = 0;
    },
    lanes: ["s2"],
    service: "mockc",
    says: /scaled to zero: requests of lane s2 fail with 503/,
    mend: /kubectl scale deployment -n default mockc-v2 --replicas=1/,
  },
  {
    code: "ML003",
    severity: "warning",
    fault: "a permissive lane's version is scaled to zero and falls back",
    group: s4,
    make: (facts) => {
      facts.pods = facts.pods.filter(({ name }) => name !== "mockb-v3-x");
      deployment(facts, "mockb-v3").replicas = 0;
    },
    lanes: ["v3"],
    service: "mockb",
    says: /requests of lane v3 fall back to v1/,
  },
  {
    code: "ML003",
    fault: "the baseline's version is scaled to zero: nothing to fall back to, and lanes borrow it",
    group: s4,
    make: (facts) => {
      facts.pods = facts.pods.filter(({ name }) => name !== "mockb-v1-x");
      deployment(facts, "mockb-v1").replicas = 0;
    },
    lanes: ["v1", "v2"],
    service: "mockb",
    says: /requests of lane v1 and v2 fail with 503/,
  },
  {
    code: "ML004",
    fault: "a container crashes",
    make: (facts) => trouble(facts, "mocka-v2", "Running", "CrashLoopBackOff", "it ended with exit code 1"),
    lanes: ["s2"],
    service: "mocka",
    says: /crashes: pod mocka-v2-x, app: CrashLoopBackOff \(it ended with exit code 1\)/,
    mend: /kubectl logs -n default mocka-v2-x -c app --previous/,
  },
  {
    code: "ML005",
    fault: "an image cannot be pulled",
    make: (facts) => trouble(facts, "mocka-v2", "Pending", "ImagePullBackOff"),
    lanes: ["s2"],
    service: "mocka",
    says: /image cannot be pulled: pod mocka-v2-x, app: ImagePullBackOff/,
  },
  {
    code: "ML006",
    fault: "a pod finds no node",
    make: (facts) => trouble(facts, "mocka-v2", "Pending", "Unschedulable", "0/1 nodes are available"),
    lanes: ["s2"],
    service: "mocka",
    says: /pending: .*Unschedulable \(0\/1 nodes are available\)/,
  },
  {
    code: "ML007",
    fault: "a pod runs and is not ready",
    make: (facts) => Object.assign(pod(facts, "mocka-v2"), { ready: false }),
    lanes: ["s2"],
    service: "mocka",
    says: /pod mocka-v2-x not ready: requests of lane s2 fail with 503/,
  },
  {
    code: "ML007",
    severity: "warning",
    fault: "fewer pods are ready than wanted",
    make: (facts) => {
      deployment(facts, "mocka-v2").replicas = 2;
    },
    lanes: ["s2"],
    service: "mocka",
    says: /1 of 2 pods are ready, and take all requests/,
  },
  {
    code: "ML010",
    fault: "a pod has no sidecar",
    make: (facts) => {
      pod(facts, "mockb-v2").containers = ["app"];
    },
    lanes: ["s2"],
    service: "mockb",
    says: /mockb-v2-x of mockb has no istio-proxy container/,
    mend: /kubectl delete pod -n default mockb-v2-x/,
  },
  {
    code: "ML011",
    severity: "warning",
    fault: "the namespace lost its label, the pods still have sidecars",
    make: (facts) => {
      the(facts.namespaces, ({ name }) => name === "default").labels = {};
    },
    lanes: all,
    says: /those made from now on get none/,
  },
  {
    code: "ML011",
    fault: "the namespace never had the label",
    make: (facts) => {
      the(facts.namespaces, ({ name }) => name === "default").labels = { "istio-injection": "disabled" };
      pod(facts, "mockb-v2").containers = ["app"];
    },
    lanes: ["s2"],
    says: /no injection label, and mockb-v2-x has no sidecar/,
    mend: /kubectl label namespace default istio-injection=enabled/,
  },
  {
    code: "ML012",
    fault: "the namespace does not exist",
    make: (facts) => {
      facts.namespaces = [];
    },
    lanes: all,
    says: /Namespace default does not exist/,
  },
  {
    code: "ML020",
    fault: "the Service is missing",
    make: (facts) => {
      facts.services = facts.services.filter(({ name }) => name !== "mockb");
    },
    lanes: all,
    service: "mockb",
    says: /no Service default\/mockb/,
  },
  {
    code: "ML021",
    fault: "the Service has another port",
    make: (facts) => {
      service(facts, "mockb").ports = [{ name: "http", port: 8001 }];
    },
    lanes: all,
    service: "mockb",
    says: /no port 8000 \(it has 8001\)/,
  },
  ...(
    [
      ["error", { name: "tcp", port: 8000 }, /name tcp: for Istio that is TCP/],
      ["error", { name: "https-web", port: 8000 }, /for Istio that is TLS/],
      ["error", { name: "http", appProtocol: "tcp", port: 8000 }, /appProtocol tcp/],
      ["warning", { port: 8000 }, /name \(none\), which tells Istio no protocol/],
      ["warning", { name: "web", port: 8000 }, /name web, which tells/],
    ] as const
  ).map(
    ([severity, port, says]): Case => ({
      code: "ML022",
      severity,
      fault: `the port is ${JSON.stringify(port)}`,
      make: (facts) => {
        service(facts, "mockb").ports = [port];
      },
      lanes: all,
      service: "mockb",
      says,
    }),
  ),
  {
    code: "ML023",
    fault: "the Service's selector fits no pod",
    make: (facts) => {
      service(facts, "mockb").selector = { app: "mokcb" };
    },
    lanes: all,
    service: "mockb",
    says: /selects app=mokcb, which no pod has/,
    mend: /kubectl patch service -n default mockb .*"app":"mockb"/,
  },
  {
    code: "ML024",
    fault: "the Service's selector takes one version only",
    make: (facts) => {
      service(facts, "mockb").selector = { app: "mockb", version: "v1" };
    },
    lanes: ["s2", "s3"],
    service: "mockb",
    says: /leaves out mockb-v2-x and mockb-v3-x/,
    mend: /"version":null/,
  },
  {
    code: "ML030",
    fault: "a lane's DestinationRule is gone",
    make: (facts) => remove(facts, "DestinationRule", "test.s2.mockb"),
    lanes: ["s2"],
    service: "mockb",
    says: /no DestinationRule default\/test\.s2\.mockb/,
    mend: /pulumi up --refresh/,
  },
  {
    code: "ML030",
    fault: "the baseline's DestinationRule is gone: lanes that fall back to it fail too",
    group: s4,
    make: (facts) => remove(facts, "DestinationRule", "shop.v1.mockb"),
    lanes: ["v1", "v2"],
    service: "mockb",
    says: /lane v1 has no subset of mockb/,
  },
  {
    code: "ML031",
    fault: "a subset takes another lane's pods",
    make: (facts) => {
      for (const subset of subsets(facts, "test.s2.mockb")) subset.labels = { ASM_TRAFFIC_TAG: "v3" };
    },
    lanes: ["s2"],
    service: "mockb",
    says: /ASM_TRAFFIC_TAG is "v3", planned "v2"\. Traffic leaks: lane s2 shares the pods of lane s3/,
  },
  {
    code: "ML031",
    fault: "a subset's labels fit no pod",
    make: (facts) => {
      for (const subset of subsets(facts, "test.s2.mockb")) subset.labels = { ASM_TRAFFIC_TAG: "v9" };
    },
    lanes: ["s2"],
    service: "mockb",
    says: /No pod has these labels: requests of lane s2 fail with 503/,
  },
  {
    code: "ML032",
    fault: "another DestinationRule defines the same subset with other labels",
    make: (facts) =>
      foreign(facts, "DestinationRule", {
        host: "mockb",
        subsets: [{ name: "s2", labels: { ASM_TRAFFIC_TAG: "v1" } }],
      }),
    lanes: ["s2"],
    service: "mockb",
    says: /default\/foreign defines subset s2 of mockb too/,
  },
  {
    code: "ML040",
    fault: "a service's VirtualService is gone",
    make: (facts) => remove(facts, "VirtualService", "test.mockb"),
    lanes: all,
    service: "mockb",
    says: /requests to mockb go to any version/,
  },
  {
    code: "ML041",
    fault: "one lane's route was changed by hand",
    make: (facts) => {
      Object.assign(http(facts, "test.mockb")[1] ?? {}, { fault: { abort: { httpStatus: 500 } } });
    },
    lanes: ["s2"],
    service: "mockb",
    says: /route test\/mockb\/s2: fault is .*not planned/,
  },
  {
    code: "ML041",
    fault: "a route was added in front",
    make: (facts) => {
      http(facts, "test.mockb").unshift({ route: [{ destination: { host: "mockb" } }] });
    },
    lanes: all,
    service: "mockb",
    says: /route without a name is not planned/,
  },
  {
    code: "ML041",
    fault: "the routes are in another order",
    group: s4,
    make: (facts) => {
      http(facts, "shop.mockb").reverse();
    },
    lanes: ["v1", "v2", "v3"],
    service: "mockb",
    says: /the order of its routes is another/,
  },
  {
    code: "ML042",
    fault: "an older VirtualService has the same host in sidecars",
    make: (facts) => foreign(facts, "VirtualService", { hosts: ["mockb"], http: [] }),
    lanes: all,
    service: "mockb",
    says: /default\/foreign routes mockb\.default\.svc\.cluster\.local .* the lanes' routes are not looked at/,
  },
  {
    code: "ML042",
    severity: "warning",
    fault: "a younger VirtualService has the same host in sidecars",
    make: (facts) => foreign(facts, "VirtualService", { hosts: ["mockb"], http: [] }, 0),
    lanes: all,
    service: "mockb",
    says: /which is the lanes'/,
  },
  {
    code: "ML043",
    fault: "the entry's VirtualService is gone",
    make: (facts) => remove(facts, "VirtualService", "test"),
    lanes: all,
    service: "mocka",
    says: /no route for the group, which gives 404/,
  },
  ...(
    [
      ["header value", { headers: { "x-asm-prefer-tag": { exact: "S2" } }, uri: { exact: "/mock" } }, /is "S2"/],
      ["URI", { headers: { "x-asm-prefer-tag": { exact: "s2" } }, uri: { exact: "/mok" } }, /uri\.exact is "\/mok"/],
    ] as const
  ).map(
    ([what, match, says]): Case => ({
      code: "ML044",
      fault: `the entry matches another ${what}`,
      make: (facts) => {
        Object.assign(http(facts, "test")[1] ?? {}, { match: [match] });
      },
      lanes: ["s2"],
      service: "mocka",
      says,
    }),
  ),
  {
    code: "ML044",
    fault: "the entry has other hosts",
    make: (facts) => {
      istio(facts, "VirtualService", "test").spec.hosts = ["other.example.com"];
    },
    lanes: all,
    service: "mocka",
    says: /hosts\[0\] is "other\.example\.com", planned "\*"/,
  },
  {
    code: "ML045",
    fault: "an older VirtualService of the gateway takes every request",
    make: (facts) =>
      foreign(facts, "VirtualService", {
        gateways: ["istio-system/ingressgateway"],
        hosts: ["*"],
        http: [{ name: "all", route: [] }],
      }),
    lanes: all,
    service: "mocka",
    says: /is older, so its routes come first: route all takes every request/,
  },
  {
    code: "ML045",
    severity: "warning",
    fault: "an older VirtualService of the gateway takes some requests",
    make: (facts) =>
      foreign(facts, "VirtualService", {
        gateways: ["istio-system/ingressgateway"],
        hosts: ["*"],
        http: [{ match: [{ uri: { prefix: "/m" }, headers: { a: { exact: "b" } } }], route: [] }],
      }),
    lanes: all,
    service: "mocka",
    says: /route number 1 takes some requests/,
  },
  {
    code: "ML050",
    fault: "the Gateway is gone",
    make: (facts) => remove(facts, "Gateway", "ingressgateway"),
    lanes: all,
    service: "mocka",
    says: /no Gateway istio-system\/ingressgateway/,
  },
  {
    code: "ML051",
    fault: "the Gateway selects no pod",
    make: (facts) => {
      istio(facts, "Gateway", "ingressgateway").spec.selector = { istio: "ingress" };
    },
    lanes: all,
    service: "mocka",
    says: /selects istio=ingress, which no pod has/,
  },
  {
    code: "ML052",
    fault: "the Gateway serves other hosts",
    group: chart,
    make: (facts) => {
      istio(facts, "Gateway", "ingressgateway").spec.servers = [{ port: { number: 80 }, hosts: ["*.example.org"] }];
    },
    lanes: ["v1"],
    service: "live-chart",
    says: /serves \*\.example\.org, not chart\.example\.com/,
  },
  {
    code: "ML053",
    fault: "the Gateway's port is not on its Service",
    make: (facts) => {
      istio(facts, "Gateway", "ingressgateway").spec.servers = [{ port: { number: 30080 }, hosts: ["*"] }];
    },
    lanes: all,
    service: "mocka",
    says: /port 30080, which its Service istio-system\/istio-ingressgateway does not have \(it has 80, 443\)/,
  },
  ...(
    [
      ["ML054", "error", "is missing", (facts) => facts.secrets.splice(0), /cert of port 443 does not exist: TLS/],
      [
        "ML055",
        "error",
        "is in another namespace",
        (facts) => Object.assign(facts.secrets[0] ?? {}, { namespace: "default" }),
        /there is one in namespace default/,
      ],
      [
        "ML056",
        "error",
        "has other keys",
        (facts) => Object.assign(facts.secrets[0] ?? {}, { keys: ["crt", "pem"], certificate: undefined }),
        /lacks tls\.crt and tls\.key \(its keys: crt, pem\)/,
      ],
      [
        "ML057",
        "error",
        "has a certificate that has ended",
        (facts) => Object.assign(facts.secrets[0]?.certificate ?? {}, { notAfter: now - day }),
        /ended on 2026-05-31/,
      ],
      [
        "ML057",
        "error",
        "has a certificate that has not begun",
        (facts) => Object.assign(facts.secrets[0]?.certificate ?? {}, { notBefore: now + day }),
        /only begins on 2026-06-02/,
      ],
      [
        "ML057",
        "warning",
        "has a certificate that ends soon",
        (facts) => Object.assign(facts.secrets[0]?.certificate ?? {}, { notAfter: now + 3 * day }),
        /ends on 2026-06-04/,
      ],
      [
        "ML058",
        "error",
        "is for other hosts",
        (facts) => Object.assign(facts.secrets[0]?.certificate ?? {}, { hosts: ["*.a.example.com"] }),
        /is for \*\.a\.example\.com, not for chart\.example\.com/,
      ],
      [
        "ML059",
        "error",
        "has a key of another certificate",
        (facts) => Object.assign(facts.secrets[0]?.certificate ?? {}, { keyBelongs: false }),
        /its key does not belong to its certificate/,
      ],
      [
        "ML059",
        "error",
        "has a certificate that cannot be read",
        (facts) => Object.assign(facts.secrets[0] ?? {}, { certificate: undefined }),
        /its certificate cannot be read/,
      ],
    ] as [FindingCode, Severity, string, (facts: FactsUnderTest) => unknown, RegExp][]
  ).map(
    ([code, severity, what, make, says]): Case => ({
      code,
      severity,
      fault: `the TLS secret ${what}`,
      group: chart,
      make: (facts) => {
        withTls(facts, "chart.example.com");
        make(facts);
      },
      lanes: ["v1"],
      service: "live-chart",
      says,
    }),
  ),
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
    fault: "the cluster of a lane's fallback is gone",
    group: s4,
    make: (facts) => remove(facts, "EnvoyFilter", "shop.v3.mockb"),
    lanes: ["v3"],
    says: /the cluster that lane v3 falls back through/,
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
    group: completeLaneGroup({ ...s2Input, responseHeaders: true }),
    make: (facts) => remove(facts, "EnvoyFilter", "test.answer.mocka.v2"),
    lanes: all,
    says: /writes the version on answers/,
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
    mend: /kubectl delete sidecars\.networking\.istio\.io -n default mine/,
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
    severity: "warning",
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
    severity: "warning",
    fault: "the control plane does not answer",
    make: (facts) => {
      facts.controlPlane = { answered: 0, problems: [], connected: [], syncs: [] };
    },
    lanes: [],
    says: /no pod of it is running/,
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
      const old = structuredClone(istio(facts, "DestinationRule", "test.s3.mocka"));
      Object.assign(old, { name: "test.s9.mocka" });
      Object.assign(old.labels, { "mesh-lanes/lane": "s9" });
      facts.istio.push(old);
    },
    lanes: [],
    says: /DestinationRule default\/test\.s9\.mocka is of lane s9 of group test, which config does not have/,
    mend: /kubectl delete destinationrule -n default test\.s9\.mocka/,
  },
];

describe("diagnose", () => {
  for (const group of [s1, s2, s4, s5, chart]) {
    it(`finds nothing on a healthy mesh: ${group.name}`, () => {
      const facts = healthyFacts(group);
      assert.deepEqual(run([group], facts), []);
    });
  }

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

  it("judges groups that share services' namespaces each by its own plan", () => {
    const facts = healthyFacts(s2, chart);
    remove(facts, "DestinationRule", "chart.v1.live-chart");
    assert.deepEqual(
      run([s2, chart], facts).map(({ code, group }) => [code, group]),
      [["ML030", "chart"]],
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

  for (const { code, severity = "error", fault, group = s2, make, lanes, service: name, says, mend } of cases) {
    it(`fails with ${code}, ${severity}, and nothing else: ${fault}`, () => {
      const facts = healthyFacts(group);
      make(facts);
      const found = run([group], facts);
      assert.deepEqual(
        found.map((finding) => [finding.code, finding.severity, finding.lanes, finding.service]),
        [[code, severity, lanes, name]],
        found.map(({ cause }) => cause).join("\n"),
      );
      assert.match(found[0]?.cause ?? "", says);
      assert.match(found[0]?.mend ?? "", mend ?? /\w/);
    });
  }

  it("has a case for every code", () => {
    const tested = new Set(cases.map(({ code }) => code));
    assert.deepEqual(
      Object.keys(findingTitles).filter((code) => !tested.has(code as FindingCode)),
      [],
    );
  });
});
