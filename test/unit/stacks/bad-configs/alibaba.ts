import { imageProblem } from "../../../../components/images/reference";
import { s4Input } from "../../components/lanes/fixtures";
import { type BadConfig, bad } from "./bad-config";

const newAck = {
  region: "cn-hangzhou",
  zones: ["cn-hangzhou-i", "cn-hangzhou-j"],
  nodes: { types: ["ecs.g7.xlarge"], min: 2 },
};
const cluster = { kind: "ack", ack: newAck };
const mesh = { kind: "asm", version: "1.24.6.64" };
const image = "registry.example.com/shop/mock:1.0.0";
const workload = { name: "mockx", image, port: 8000, versions: ["v1"] };
const existing = { kind: "existing", kubeconfig: "a.yaml", context: "a", id: "c1" };
const existingMesh = { ...mesh, kubeconfig: "m.yaml", context: "m" };
const loadBalancer = { id: "lb-1", address: "203.0.113.7" };

/** Config that is right; each below has one thing else. */
export const goodAlibaba: Readonly<Record<string, Record<string, unknown>>> = {
  "a new cluster and a new mesh": { cluster, mesh, workloads: [workload], laneGroups: [s4Input] },
  "a new cluster with upstream Istio": { cluster },
  "a cluster that is there and a new mesh": {
    cluster: { kind: "ack", id: "c1", ack: { region: "us-east-1", deletionProtection: false } },
    mesh,
  },
  "a cluster and a mesh that are there": { cluster: existing, mesh: existingMesh, gateway: { loadBalancer } },
  "a new cluster and a mesh that is there": { cluster, mesh: existingMesh },
  "zones of a region with a number": {
    cluster: { kind: "ack", ack: { ...newAck, region: "ap-southeast-1", zones: ["ap-southeast-1a"] } },
  },
  "a version of ASM in full": { cluster, mesh: { ...mesh, version: "v1.24.6.64-g0c0a6a39-aliyun" } },
  "images by digest, and in a registry with a port": {
    cluster,
    workloads: [
      { ...workload, image: `registry.example.com:5000/mock@sha256:${"0".repeat(64)}` },
      { ...workload, name: "mockb", image: "registry.example.com:5000/mock:1.0.0" },
    ],
  },
};

const ack = (change: object) => ({ cluster: { ...cluster, ack: { ...newAck, ...change } } });
const byId = (change: object) => ({ cluster: { kind: "ack", id: "c1", ack: { region: "cn-hangzhou", ...change } } });
const asm = (change: object) => ({ cluster, mesh: { ...mesh, ...change } });
const onExisting = (change: object) => ({
  cluster: existing,
  mesh: existingMesh,
  gateway: { loadBalancer },
  ...change,
});
const images = (change: object, more: object = {}) => ({ workloads: [{ ...workload, ...change }], ...more });

const isThere = (key: string) => `${key.split(".").at(-1)} is there`;

const clusters = [
  bad("a cluster of kind ack without ack", { cluster: { kind: "ack" } }, "cluster.ack", "missing", /Add ack/),
  bad("ack on another kind", { cluster: { kind: "kind", ack: newAck } }, "cluster.ack", "ack is there", /Remove ack/),
  bad("an id on a local cluster", { cluster: { kind: "kind", id: "c1" } }, "cluster.id", "id is there", /Remove id/),
  bad(
    "an id of an existing cluster with upstream Istio",
    { cluster: existing },
    "cluster.id",
    "id is there",
    /Remove id/,
  ),
  bad("no region", { cluster: { kind: "ack", ack: { zones: newAck.zones } } }, "cluster.ack.region", "missing", /Add/),
  bad("a region that is none", byId({ region: "Hangzhou" }), "cluster.ack.region", 'got "Hangzhou"', /by its id/),
  bad("a new cluster without zones", ack({ zones: undefined }), "cluster.ack.zones", "missing", /or cluster\.id/),
  bad("a new cluster without nodes", ack({ nodes: undefined }), "cluster.ack.nodes", "missing", /or cluster\.id/),
  bad(
    "a zone of another region",
    ack({ zones: ["cn-beijing-a"] }),
    "cluster.ack.zones[0]",
    'got "cn-beijing-a"',
    /zone of the region/,
  ),
  bad(
    "a region in place of a zone",
    ack({ zones: ["cn-hangzhou"] }),
    "cluster.ack.zones[0]",
    'got "cn-hangzhou"',
    /zone of the region/,
  ),
  bad(
    "a zone twice",
    ack({ zones: ["cn-hangzhou-i", "cn-hangzhou-i"] }),
    "cluster.ack.zones[1]",
    'zone "cn-hangzhou-i" is there twice',
    /Remove/,
  ),
  bad(
    "an instance type that is none",
    ack({ nodes: { types: ["g7.xlarge"] } }),
    "cluster.ack.nodes.types[0]",
    'got "g7.xlarge"',
    /family and size/,
  ),
  bad(
    "fewer nodes at most than at least",
    ack({ nodes: { types: ["ecs.g7.xlarge"], min: 3, max: 2 } }),
    "cluster.ack.nodes.max",
    "got 2",
    /Raise max/,
  ),
  bad("a public network", ack({ cidr: "8.8.0.0/16" }), "cluster.ack.cidr", 'got "8.8.0.0/16"', /10\.0\.0\.0/),
  bad("a network of 24 bits", ack({ cidr: "10.0.0.0/24" }), "cluster.ack.cidr", 'got "10.0.0.0/24"', /10\.0\.0\.0/),
  bad(
    "Services in the network of the nodes",
    ack({ cidr: "10.1.0.0/16", serviceCidr: "10.1.0.0/16" }),
    "cluster.ack.serviceCidr",
    'got "10.1.0.0/16"',
    /Change one/,
  ),
  bad(
    "a credential for ever",
    ack({ credentialMinutes: 100000 }),
    "cluster.ack.credentialMinutes",
    "got 100000",
    /Correct/,
  ),
  bad("a size that is none", ack({ spec: "ack.pro.tiny" }), "cluster.ack.spec", 'got "ack.pro.tiny"', /Use|mean/),
  ...Object.entries({
    zones: newAck.zones,
    nodes: newAck.nodes,
    spec: "ack.pro.small",
    cidr: "10.0.0.0/16",
    serviceCidr: "172.20.0.0/16",
    encryptionKey: "key",
  }).map(([key, value]) =>
    bad(
      `${key} of a cluster that is there`,
      byId({ [key]: value }),
      `cluster.ack.${key}`,
      isThere(key),
      new RegExp(`Remove ${key}`),
    ),
  ),
  bad(
    "a version of a cluster that is there",
    { cluster: { ...byId({}).cluster, kubernetesVersion: "1.34.1" } },
    "cluster.kubernetesVersion",
    "kubernetesVersion is there",
    /Remove/,
  ),
];

const meshes = [
  bad(
    "ASM on a local cluster",
    { mesh, cluster: { kind: "kind" } },
    "mesh.kind",
    'got "asm" on a cluster of kind kind',
    /to ack/,
  ),
  bad("ASM without a version", asm({ version: undefined }), "mesh.version", "missing", /1\.24\.6\.64/),
  bad(
    "network policies that cut sidecars off from ASM",
    { ...asm({}), security: { networkPolicies: true } },
    "security.networkPolicies",
    "true, which would cut the sidecars off from the mesh's control plane",
    /^Remove it/,
  ),
  bad("a version of Istio for ASM", asm({ version: "1.29.1" }), "mesh.version", 'got "1.29.1"', /four numbers/),
  bad("charts for ASM", asm({ charts: "charts" }), "mesh.charts", "charts is there", /Remove/),
  bad("a revision for ASM", asm({ revision: "stable" }), "mesh.revision", "revision is there", /Remove/),
  bad("asm for Istio", { mesh: { asm: { edition: "ultimate" } } }, "mesh.asm", "asm is there", /Remove/),
  bad(
    "a mesh's kubeconfig for Istio",
    { mesh: { kubeconfig: "m" } },
    "mesh.kubeconfig",
    "kubeconfig is there",
    /Remove/,
  ),
  bad("a mesh's context for Istio", { mesh: { context: "m" } }, "mesh.context", "context is there", /Remove/),
  bad("a mesh's kubeconfig alone", asm({ kubeconfig: "m.yaml" }), "mesh.context", "missing", /Add context/),
  bad("a mesh's context alone", asm({ context: "m" }), "mesh.kubeconfig", "missing", /Add kubeconfig/),
  ...Object.entries({ users: [{ id: "2", role: "istio-ops" }], accessLogProject: "logs", traceSampling: 1 }).map(
    ([key, value]) =>
      bad(
        `${key} of a mesh that is there`,
        { cluster, mesh: { ...existingMesh, asm: { [key]: value } } },
        `mesh.asm.${key}`,
        isThere(key),
        /Remove/,
      ),
  ),
  bad(
    "a user twice",
    asm({
      asm: {
        users: [
          { id: "2", role: "istio-ops" },
          { id: "2", role: "istio-admin" },
        ],
      },
    }),
    "mesh.asm.users[1].id",
    'user "2" is there twice',
    /Remove/,
  ),
  bad(
    "a role that is none",
    asm({ asm: { users: [{ id: "2", role: "istio-opps" }] } }),
    "mesh.asm.users[0].role",
    'got "istio-opps"',
    /mean istio-ops/,
  ),
  bad(
    "an instance too old for baggage",
    { ...asm({ version: "1.20.8.129" }), laneGroups: [s4Input] },
    "laneGroups[0].traceHeader",
    "lane group shop propagates baggage, ASM is 1.20.8.129",
    /Update the instance/,
  ),
  bad(
    "existing cluster whose id the mesh is not told",
    onExisting({ cluster: { ...existing, id: undefined } }),
    "cluster.id",
    "missing",
    /cluster's id/,
  ),
  bad("a new mesh on an existing cluster", onExisting({ mesh }), "mesh.kubeconfig", "missing", /of kind ack/),
  bad("no load balancer on an existing cluster", onExisting({ gateway: {} }), "gateway.loadBalancer", "missing", /CLB/),
  bad(
    "a load balancer for Istio",
    { gateway: { loadBalancer } },
    "gateway.loadBalancer",
    "loadBalancer is there",
    /Remove/,
  ),
  bad(
    "a gateway of ASM elsewhere",
    { ...asm({}), gateway: { namespace: "edge" } },
    "gateway.namespace",
    'got "edge"',
    /Remove the line/,
  ),
];

const pinned = [
  bad("a workload of nothing", images({ image: undefined }), "workloads[0]", "neither app nor image", /Add image/),
  bad("a workload of both", images({ app: "mock" }), "workloads[0].image", "app and image", /Remove one/),
  bad(
    "an app on ACK",
    images({ app: "mock", image: undefined }, { cluster }),
    "workloads[0].app",
    'got "mock"',
    /apps\/mock\/Containerfile/,
  ),
  ...[
    "shop/mock",
    "shop/mock:latest",
    "registry.example.com:5000/mock",
    "mock@sha256:12",
    "shop/mock: 1",
    "mock:1.29",
  ].map((name) =>
    bad(
      `the image ${name}`,
      images({ image: name }),
      "workloads[0].image",
      `got "${name}", ${imageProblem(name)}`,
      /whole version or a digest/,
    ),
  ),
];

export const badAlibaba: readonly BadConfig[] = [...clusters, ...meshes, ...pinned];
