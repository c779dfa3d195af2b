import { s4Input } from "../../../components/lanes/fixtures";

export const newAck = {
  region: "cn-hangzhou",
  zones: ["cn-hangzhou-i", "cn-hangzhou-j"],
  nodes: { types: ["ecs.g7.xlarge"], min: 2 },
  kmsInstance: "kst-1",
};
export const cluster = { kind: "ack", ack: newAck };
export const mesh = { kind: "asm", version: "1.24.6.64" };
export const image = "registry.example.com/shop/mock:1.0.0";
export const workload = { name: "mockx", image, port: 8000, versions: ["v1"] };
export const existing = { kind: "existing", kubeconfig: "a.yaml", context: "a", id: "c1" };
export const existingMesh = { ...mesh, kubeconfig: "m.yaml", context: "m" };
export const loadBalancer = { id: "lb-1", address: "203.0.113.7" };
export const nlb = { kind: "nlb", zones: { "cn-hangzhou-i": "vsw-1", "cn-hangzhou-j": "vsw-2" } };

/** Config that is right; each below has one thing else. */
export const goodAlibaba: Readonly<Record<string, Record<string, unknown>>> = {
  "a new cluster and a new mesh": { cluster, mesh, workloads: [workload], laneGroups: [s4Input] },
  "a new cluster with upstream Istio": { cluster },
  "an existing cluster and a new mesh": {
    cluster: { kind: "ack", id: "c1", ack: { region: "us-east-1", deletionProtection: false } },
    mesh,
  },
  "an existing cluster and mesh": { cluster: existing, mesh: existingMesh, gateway: { loadBalancer } },
  "a new CLB instance": { cluster, mesh, gateway: { loadBalancer: { kind: "clb" } } },
  "an NLB instance of a new cluster": { cluster, mesh, gateway: { loadBalancer: { kind: "nlb" } } },
  "an NLB instance of an existing cluster": { cluster: existing, mesh: existingMesh, gateway: { loadBalancer: nlb } },
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

export const ack = (change: object) => ({ cluster: { ...cluster, ack: { ...newAck, ...change } } });
export const byId = (change: object) => ({
  cluster: { kind: "ack", id: "c1", ack: { region: "cn-hangzhou", ...change } },
});
export const asm = (change: object) => ({ cluster, mesh: { ...mesh, ...change } });
export const onExisting = (change: object) => ({
  cluster: existing,
  mesh: existingMesh,
  gateway: { loadBalancer },
  ...change,
});

export const isSet = (key: string) => `${key} is set`;
