import { nodeDisk } from "../../components/alibaba/values";
import type { StackConfig } from "../../config/stack";

/** Something that Alibaba Cloud bills for as long as a stack is there, or by what goes through it. */
export interface CostItem {
  /** What a price is for; a price file names it so. */
  readonly key: string;
  readonly what: string;
  readonly unit: "hour" | "GiB-hour" | "GB" | "million spans";
  /** How many of `unit` in an hour; undefined: that depends on the traffic. */
  readonly amount?: { readonly least: number; readonly most: number };
  /** Path in the config that asks for it. */
  readonly because: string;
}

/**
 * What a stack makes in an account and costs money, by the resources that its components make. What exists already is its owner's
 * to pay: a cluster by id, a mesh by kubeconfig, a load balancer by id, a bought KMS instance.
 */
export function costItems({ cluster, mesh, gateway }: StackConfig): CostItem[] {
  if (cluster.kind !== "ack") return [];
  return [...clusterItems(cluster), ...meshItems(mesh), ...gatewayItems(cluster, gateway.loadBalancer)];
}

type Ack = Extract<StackConfig["cluster"], { kind: "ack" }>;

function clusterItems({ source, publicEndpoint }: Ack): CostItem[] {
  if ("id" in source) return [];
  const address = publicEndpoint
    ? [hourly("eip", "address of the API server on the internet", "cluster.ack.publicEndpoint")]
    : [];
  const { spec, nodes } = source;
  const { min: least, max: most } = nodes;
  const [type = ""] = nodes.types;
  const others = nodes.types.length > 1 ? `, or ${nodes.types.slice(1).join(", ")} where there is none` : "";
  const disks = { least: least * nodeDisk.size, most: most * nodeDisk.size };
  const disk = `system disks of the nodes, ${nodeDisk.size} GiB each`;
  const key = source.encryptSecrets && source.kmsInstance !== undefined;
  return [
    // The management of a basic cluster is free of charge.
    ...(spec === "ack.standard" ? [] : [hourly(spec, "control plane of ACK Pro", "cluster.ack.spec")]),
    { ...hourly(type, `nodes${others}`, "cluster.ack.nodes"), amount: { least, most } },
    { key: `disk.${nodeDisk.category}`, what: disk, unit: "GiB-hour", amount: disks, because: "cluster.ack.nodes" },
    hourly("nat-gateway", "way out of the VPC, for images and APIs of the account", "cluster.ack"),
    hourly("eip", "address of the NAT gateway", "cluster.ack"),
    { key: "internet-traffic", what: "what leaves through these addresses", unit: "GB", because: "cluster.ack" },
    hourly("clb", "load balancer of the API server", "cluster.ack"),
    ...address,
    ...(key ? [hourly("kms.key", "key that encrypts Kubernetes secrets", "cluster.ack.kmsInstance")] : []),
  ];
}

function meshItems(mesh: StackConfig["mesh"]): CostItem[] {
  if (mesh.kind !== "asm" || mesh.existing) return [];
  const { edition, accessLogProject, traceSampling } = mesh;
  return [
    hourly(`asm.${edition}`, "instance of Service Mesh", "mesh.asm.edition"),
    // `api_server_loadbalancer_id` and `pilot_public_loadbalancer_id` of the provider's service mesh.
    {
      ...hourly("clb", "load balancers of the mesh's API server and of its control plane", "mesh.asm"),
      amount: fixed(2),
    },
    ...(accessLogProject === undefined
      ? []
      : [
          {
            ...{ key: "sls", what: "access logs in Log Service, written and kept", unit: "GB" as const },
            because: "mesh.asm.accessLogProject",
          },
        ]),
    ...(traceSampling === 0
      ? []
      : [
          {
            ...{ key: "tracing", what: `spans of ${traceSampling} % of the requests`, unit: "million spans" as const },
            because: "mesh.asm.traceSampling",
          },
        ]),
  ];
}

function gatewayItems({ source }: Ack, balancer: StackConfig["gateway"]["loadBalancer"]): CostItem[] {
  if (balancer?.id !== undefined) return [];
  const traffic = "answers of the gateway to the internet";
  if (balancer?.kind !== "nlb") {
    return [
      hourly("clb", "load balancer of the gateway", "gateway"),
      { key: "internet-traffic", what: traffic, unit: "GB", because: "gateway" },
    ];
  }
  const because = "gateway.loadBalancer.kind";
  const zones = "id" in source ? Object.keys(balancer.zones ?? {}) : source.zones;
  return [
    hourly("nlb", "load balancer of the gateway, made by the cluster", because),
    { ...hourly("eip", "addresses of that load balancer, one in each zone", because), amount: fixed(zones.length) },
    { key: "internet-traffic", what: traffic, unit: "GB", because },
  ];
}

function hourly(key: string, what: string, because: string): CostItem {
  return { key, what, unit: "hour", amount: fixed(1), because };
}

function fixed(count: number): { least: number; most: number } {
  return { least: count, most: count };
}
