import { s4Input } from "../../components/lanes/fixtures";
import { type BadConfig, bad } from "./bad-config";

const newAck = {
  region: "cn-hangzhou",
  zones: ["cn-hangzhou-i", "cn-hangzhou-j"],
  nodes: { types: ["ecs.g7.xlarge"], min: 2 },
  kmsInstance: "kst-1",
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
  "an existing cluster and a new mesh": {
    cluster: { kind: "ack", id: "c1", ack: { region: "us-east-1", deletionProtection: false } },
    mesh,
  },
  "an existing cluster and mesh": { cluster: existing, mesh: existingMesh, gateway: { loadBalancer } },
  "a new cluster and an existing mesh": { cluster, mesh: existingMesh },
  "secrets that an existing key encrypts": {
    cluster: { kind: "ack", ack: { ...newAck, kmsInstance: undefined, encryptionKey: "key-1" } },
  },
  "secrets that are not encrypted, on the smallest control plane": {
    cluster: { kind: "ack", ack: { ...newAck, kmsInstance: undefined, encryptSecrets: false, spec: "ack.standard" } },
  },
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

const isSet = (key: string) => `${key} is set`;

const clusters = [
  bad(
    "a cluster of kind ack without ack",
    { cluster: { kind: "ack" } },
    "cluster.ack",
    "missing",
    "an ACK cluster, the managed Kubernetes of Alibaba Cloud: region, and for a new one zones and nodes",
    /Add ack/,
  ),
  bad(
    "ack on another kind",
    { cluster: { kind: "kind", ack: newAck } },
    "cluster.ack",
    "ack beside kind kind",
    "only for kind ack",
    /Remove ack/,
  ),
  bad(
    "an id on a local cluster",
    { cluster: { kind: "kind", id: "c1" } },
    "cluster.id",
    "id beside kind kind",
    "only for kind existing or ack",
    /Remove id/,
  ),
  bad(
    "an id of an existing cluster with upstream Istio",
    { cluster: existing },
    "cluster.id",
    "id is set",
    "only for a mesh of kind asm",
    /Remove id/,
  ),
  bad(
    "no region",
    { cluster: { kind: "ack", ack: { zones: newAck.zones } } },
    "cluster.ack.region",
    "missing",
    "a region of Alibaba Cloud, such as cn-hangzhou",
    /Add/,
  ),
  bad(
    "a region that is none",
    byId({ region: "Hangzhou" }),
    "cluster.ack.region",
    'got "Hangzhou"',
    "a region id, such as cn-hangzhou or ap-southeast-1",
    /by its id/,
  ),
  bad(
    "a new cluster without zones",
    ack({ zones: undefined }),
    "cluster.ack.zones",
    "missing",
    "required for a new cluster",
    /or cluster\.id/,
  ),
  bad(
    "a new cluster without nodes",
    ack({ nodes: undefined }),
    "cluster.ack.nodes",
    "missing",
    "required for a new cluster",
    /or cluster\.id/,
  ),
  bad(
    "secrets without a key: KMS makes none outside of an instance that was bought",
    ack({ kmsInstance: undefined }),
    "cluster.ack.encryptionKey",
    "missing",
    "one of encryptionKey and kmsInstance: ACK encrypts Kubernetes secrets by a key of KMS",
    /encryptSecrets: false/,
  ),
  bad(
    "a key, and an instance to make one in",
    ack({ encryptionKey: "key-1" }),
    "cluster.ack.encryptionKey",
    'got "key-1", and kmsInstance too',
    "one of encryptionKey and kmsInstance: ACK encrypts Kubernetes secrets by a key of KMS",
    /Name an existing key/,
  ),
  bad(
    "a key for secrets that are not encrypted",
    ack({ encryptSecrets: false }),
    "cluster.ack.kmsInstance",
    'got "kst-1"',
    "nothing where encryptSecrets is false",
    /Remove it/,
  ),
  bad(
    "a control plane that cannot encrypt",
    ack({ spec: "ack.standard" }),
    "cluster.ack.spec",
    'got "ack.standard"',
    "ack.pro.small or larger to encrypt Kubernetes secrets",
    /Take a larger one/,
  ),
  bad(
    "a zone of another region",
    ack({ zones: ["cn-beijing-a"] }),
    "cluster.ack.zones[0]",
    'got "cn-beijing-a"',
    "a zone of cn-hangzhou, such as cn-hangzhou-i",
    /zone of the region/,
  ),
  bad(
    "a region in place of a zone",
    ack({ zones: ["cn-hangzhou"] }),
    "cluster.ack.zones[0]",
    'got "cn-hangzhou"',
    "a zone of cn-hangzhou, such as cn-hangzhou-i",
    /zone of the region/,
  ),
  bad(
    "a zone twice",
    ack({ zones: ["cn-hangzhou-i", "cn-hangzhou-i"] }),
    "cluster.ack.zones[1]",
    'zone "cn-hangzhou-i" is there twice',
    "each one once",
    /Remove/,
  ),
  bad(
    "an instance type that is none",
    ack({ nodes: { types: ["g7.xlarge"] } }),
    "cluster.ack.nodes.types[0]",
    'got "g7.xlarge"',
    "an ECS instance type, such as ecs.g7.xlarge",
    /family and size/,
  ),
  bad(
    "fewer nodes at most than at least",
    ack({ nodes: { types: ["ecs.g7.xlarge"], min: 3, max: 2 } }),
    "cluster.ack.nodes.max",
    "got 2",
    "at least 3, the value of min",
    /Raise max/,
  ),
  bad(
    "a public network",
    ack({ cidr: "8.8.0.0/16" }),
    "cluster.ack.cidr",
    'got "8.8.0.0/16"',
    "X.Y.0.0/16 in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    /10\.0\.0\.0/,
  ),
  bad(
    "a network of 24 bits",
    ack({ cidr: "10.0.0.0/24" }),
    "cluster.ack.cidr",
    'got "10.0.0.0/24"',
    "X.Y.0.0/16 in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    /10\.0\.0\.0/,
  ),
  bad(
    "Services in the network of the nodes",
    ack({ cidr: "10.1.0.0/16", serviceCidr: "10.1.0.0/16" }),
    "cluster.ack.serviceCidr",
    'got "10.1.0.0/16"',
    "another network than 10.1.0.0/16, which the nodes have",
    /Change one/,
  ),
  bad(
    "a credential for ever",
    ack({ credentialMinutes: 100000 }),
    "cluster.ack.credentialMinutes",
    "got 100000",
    "how long the kubeconfig of an update is valid, 15 to 4320 minutes; default 120",
    /^Write a whole number from 15 to 4320\.$/,
  ),
  bad(
    "a size that is none",
    ack({ spec: "ack.pro.tiny" }),
    "cluster.ack.spec",
    'got "ack.pro.tiny"',
    "ack.standard, ack.pro.small, ack.pro.xlarge, ack.pro.2xlarge, ack.pro.4xlarge; default ack.pro.small (new clusters only)",
    /Use|mean/,
  ),
  ...Object.entries({
    zones: newAck.zones,
    nodes: newAck.nodes,
    spec: "ack.pro.small",
    cidr: "10.0.0.0/16",
    serviceCidr: "172.20.0.0/16",
    encryptionKey: "key",
  }).map(([key, value]) =>
    bad(
      `${key} of an existing cluster`,
      byId({ [key]: value }),
      `cluster.ack.${key}`,
      isSet(key),
      "only for a new cluster, and cluster.id names an existing one",
      new RegExp(`Remove ${key}`),
    ),
  ),
  bad(
    "a version of an existing cluster",
    { cluster: { ...byId({}).cluster, kubernetesVersion: "1.34.1" } },
    "cluster.kubernetesVersion",
    "kubernetesVersion is set",
    "only for a new cluster, and cluster.id names an existing one",
    /Remove/,
  ),
];

const meshes = [
  bad(
    "ASM on a local cluster",
    { mesh, cluster: { kind: "kind" } },
    "mesh.kind",
    'got "asm" on a cluster of kind kind',
    "asm on ack or existing",
    /to ack/,
  ),
  bad(
    "ASM without a version",
    asm({ version: undefined }),
    "mesh.version",
    "missing",
    "four numbers such as 1.24.6.64, or the full name such as v1.24.6.64-g0c0a6a39-aliyun",
    /1\.24\.6\.64/,
  ),
  bad(
    "network policies that cut sidecars off from ASM",
    { ...asm({}), security: { networkPolicies: true } },
    "security.networkPolicies",
    "true, which would cut the sidecars off from the mesh's control plane",
    "false, with a mesh of kind asm",
    /^Remove it/,
  ),
  bad(
    "a version of Istio for ASM",
    asm({ version: "1.29.1" }),
    "mesh.version",
    'got "1.29.1"',
    "four numbers such as 1.24.6.64, or the full name such as v1.24.6.64-g0c0a6a39-aliyun",
    /four numbers/,
  ),
  bad(
    "charts for ASM",
    asm({ charts: "charts" }),
    "mesh.charts",
    "charts beside kind asm",
    "only for kind istio",
    /Remove/,
  ),
  bad(
    "a revision for ASM",
    asm({ revision: "stable" }),
    "mesh.revision",
    "revision beside kind asm",
    "only for kind istio",
    /Remove/,
  ),
  bad(
    "asm for Istio",
    { mesh: { asm: { edition: "ultimate" } } },
    "mesh.asm",
    "asm beside kind istio",
    "only for kind asm",
    /Remove/,
  ),
  bad(
    "a mesh's kubeconfig for Istio",
    { mesh: { kubeconfig: "m" } },
    "mesh.kubeconfig",
    "kubeconfig beside kind istio",
    "only for kind asm",
    /Remove/,
  ),
  bad(
    "a mesh's context for Istio",
    { mesh: { context: "m" } },
    "mesh.context",
    "context beside kind istio",
    "only for kind asm",
    /Remove/,
  ),
  bad(
    "a mesh's kubeconfig alone",
    asm({ kubeconfig: "m.yaml" }),
    "mesh.context",
    "missing",
    "kubeconfig and context together",
    /Add context/,
  ),
  bad(
    "a mesh's context alone",
    asm({ context: "m" }),
    "mesh.kubeconfig",
    "missing",
    "kubeconfig and context together",
    /Add kubeconfig/,
  ),
  ...Object.entries({ users: [{ id: "2", role: "istio-ops" }], accessLogProject: "logs", traceSampling: 1 }).map(
    ([key, value]) =>
      bad(
        `${key} of an existing mesh`,
        { cluster, mesh: { ...existingMesh, asm: { [key]: value } } },
        `mesh.asm.${key}`,
        isSet(key),
        "only for a new mesh, and mesh.kubeconfig names an existing one",
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
    "each one once",
    /Remove/,
  ),
  bad(
    "a role that is none",
    asm({ asm: { users: [{ id: "2", role: "istio-opps" }] } }),
    "mesh.asm.users[0].role",
    'got "istio-opps"',
    "istio-admin, istio-ops, istio-readonly",
    /mean istio-ops/,
  ),
  bad(
    "an instance too old for baggage",
    { ...asm({ version: "1.20.8.129" }), laneGroups: [s4Input] },
    "laneGroups[0].traceHeader",
    "lane group shop propagates baggage, ASM is 1.20.8.129",
    "ASM 1.21.6.54 or later",
    /Update the instance/,
  ),
  bad(
    "existing cluster whose id the mesh is not told",
    onExisting({ cluster: { ...existing, id: undefined } }),
    "cluster.id",
    "missing",
    "required for a mesh of kind asm",
    /cluster's id/,
  ),
  bad(
    "a new mesh on an existing cluster",
    onExisting({ mesh }),
    "mesh.kubeconfig",
    "missing",
    "required for asm on a cluster of kind existing",
    /of kind ack/,
  ),
  bad(
    "no load balancer on an existing cluster",
    onExisting({ gateway: {} }),
    "gateway.loadBalancer",
    "missing",
    "required for asm on a cluster of kind existing",
    /CLB/,
  ),
  bad(
    "a load balancer for Istio",
    { gateway: { loadBalancer } },
    "gateway.loadBalancer",
    "loadBalancer is set",
    "only for a mesh of kind asm",
    /Remove/,
  ),
  bad(
    "a gateway of ASM elsewhere",
    { ...asm({}), gateway: { namespace: "edge" } },
    "gateway.namespace",
    'got "edge"',
    "istio-system on asm",
    /Remove the line/,
  ),
];

export const badAlibaba: readonly BadConfig[] = [...clusters, ...meshes];
