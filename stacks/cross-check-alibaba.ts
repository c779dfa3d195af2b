import { asmGatewayNamespace } from "../components/alibaba/values";
import { imageProblem, pinFix } from "../components/images/reference";
import { checkAsmSupport } from "../components/lanes/asm/support";
import { type Problems, quote } from "../components/lanes/validate/problems";
import type { StackConfig } from "./config";
import type { AckClusterConfig, NewAckConfig } from "./config-alibaba";
import type { StackConfigInput } from "./schema";

/** What is wrong about Alibaba Cloud: the cluster, the mesh, and which of them go together. */
export function checkAlibaba(problems: Problems, input: StackConfigInput, config: StackConfig): void {
  checkAck(problems, input, config);
  checkPair(problems, input, config);
  checkAsm(problems, input, config);
  checkLoadBalancer(problems, config);
}

function onlyFor(problems: Problems, path: string, given: unknown, what: string): void {
  if (given === undefined) return;
  const key = path.split(".").at(-1);
  problems.add(path, `${key} is there`, `only for ${what}`, `Remove ${key}.`);
}

function required(problems: Problems, path: string, given: unknown, what: string, fix: string): void {
  if (given === undefined) problems.add(path, "missing", `required for ${what}`, fix);
}

/** Keys of `cluster.ack` that make a cluster. */
const newClusterKeys = ["zones", "nodes", "spec", "cidr", "serviceCidr", "encryptionKey"] as const;

function checkAck(problems: Problems, { cluster: input = {} }: StackConfigInput, { cluster }: StackConfig): void {
  if (cluster.kind !== "ack") {
    onlyFor(problems, "cluster.ack", input.ack, "kind ack");
    if (cluster.kind !== "existing") onlyFor(problems, "cluster.id", input.id, "the kinds ack and existing");
    return;
  }
  if (input.ack === undefined) {
    required(problems, "cluster.ack", undefined, "kind ack", "Add ack with the region at least.");
    return;
  }
  const { ack } = input;
  if (!isRegion(cluster.region)) {
    const expected = "a region id, such as cn-hangzhou or ap-southeast-1";
    problems.add("cluster.ack.region", `got ${quote(cluster.region)}`, expected, "Name the region by its id.");
  }
  if ("id" in cluster.source) {
    const what = "a new cluster, and cluster.id names one that is there";
    for (const key of newClusterKeys) onlyFor(problems, `cluster.ack.${key}`, ack[key], what);
    onlyFor(problems, "cluster.kubernetesVersion", input.kubernetesVersion, what);
    return;
  }
  const { source } = cluster;
  required(problems, "cluster.ack.zones", ack.zones, "a new cluster", "Name one to three zones, or cluster.id.");
  required(problems, "cluster.ack.nodes", ack.nodes, "a new cluster", "Add nodes with their types, or cluster.id.");
  checkZones(problems, cluster, source);
  checkNodes(problems, source);
  checkNetworks(problems, source);
}

function checkZones(problems: Problems, { region }: AckClusterConfig, { zones }: NewAckConfig): void {
  problems.duplicates(zones, (index) => `cluster.ack.zones[${index}]`, "zone");
  zones.forEach((zone, index) => {
    // cn-hangzhou-i, but us-east-1a.
    if (zone.startsWith(region) && /^-?[a-z]$/.test(zone.slice(region.length))) return;
    const expected = `a zone of ${region}, such as ${region}${/\d$/.test(region) ? "a" : "-i"}`;
    problems.add(`cluster.ack.zones[${index}]`, `got ${quote(zone)}`, expected, "Name a zone of the region.");
  });
}

function checkNodes(problems: Problems, { nodes }: NewAckConfig): void {
  nodes.types.forEach((type, index) => {
    if (/^ecs\.[a-z0-9-]+\.[a-z0-9]+$/.test(type)) return;
    const expected = "an ECS instance type, such as ecs.g7.xlarge";
    problems.add(`cluster.ack.nodes.types[${index}]`, `got ${quote(type)}`, expected, "Write family and size.");
  });
  if (nodes.max < nodes.min) {
    const expected = `at least ${nodes.min}, the value of min`;
    problems.add("cluster.ack.nodes.max", `got ${nodes.max}`, expected, "Raise max, or lower min.");
  }
}

/** Blocks of 16 bits are cut into parts for nodes and pods; see components/cluster/ack-network.ts. */
function checkNetworks(problems: Problems, source: NewAckConfig): void {
  for (const key of ["cidr", "serviceCidr"] as const) {
    if (isPrivateNetwork(source[key])) continue;
    const expected = "X.Y.0.0/16 in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16";
    problems.add(`cluster.ack.${key}`, `got ${quote(source[key])}`, expected, "Write such as 10.0.0.0/16.");
  }
  if (source.cidr === source.serviceCidr) {
    const expected = `another network than ${source.cidr}, which the nodes have`;
    problems.add("cluster.ack.serviceCidr", `got ${quote(source.serviceCidr)}`, expected, "Change one of them.");
  }
}

function isRegion(text: string): boolean {
  return /^[a-z]{2}(-[a-z]+)+(-\d+)?$/.test(text);
}

function isPrivateNetwork(text: string): boolean {
  const [, first, second] = /^(\d{1,3})\.(\d{1,3})\.0\.0\/16$/.exec(text)?.map(Number) ?? [];
  if (first === undefined || second === undefined || second > 255) return false;
  return first === 10 || (first === 172 && second >= 16 && second <= 31) || (first === 192 && second === 168);
}

/** Clusters and meshes that go together. */
function checkPair(
  problems: Problems,
  { cluster: input = {}, mesh = {} }: StackConfigInput,
  config: StackConfig,
): void {
  const { cluster } = config;
  if (config.mesh.kind !== "asm") {
    if (cluster.kind === "existing") onlyFor(problems, "cluster.id", input.id, "a mesh of kind asm");
    return;
  }
  switch (cluster.kind) {
    case "ack":
      return;
    case "existing": {
      const fix = "Name the cluster's id: the mesh runs its gateway in the clusters it knows by id.";
      required(problems, "cluster.id", input.id, "a mesh of kind asm", fix);
      if (mesh.kubeconfig === undefined && mesh.context === undefined) {
        const adopt =
          "Name the kubeconfig and context of the mesh that has this cluster, or use a cluster of kind ack.";
        problems.add("mesh.kubeconfig", "missing", "required for asm on a cluster of kind existing", adopt);
      }
      return;
    }
    default: {
      const fix = "Set cluster.kind to ack, or to existing, or mesh.kind to istio.";
      problems.add("mesh.kind", `got "asm" on a cluster of kind ${cluster.kind}`, "asm on ack or existing", fix);
    }
  }
}

function checkAsm(problems: Problems, { mesh: input = {} }: StackConfigInput, config: StackConfig): void {
  const { mesh } = config;
  if (mesh.kind !== "asm") {
    for (const key of ["asm", "kubeconfig", "context"] as const)
      onlyFor(problems, `mesh.${key}`, input[key], "kind asm");
    return;
  }
  for (const key of ["charts", "revision"] as const) onlyFor(problems, `mesh.${key}`, input[key], "kind istio");
  if (input.version === undefined) {
    required(problems, "mesh.version", undefined, "kind asm", "Name the version of the ASM instance: 1.24.6.64.");
  } else if (!/^v?\d+\.\d+\.\d+\.\d+(-g[0-9a-f]+-aliyun)?$/.test(input.version)) {
    const expected = "four numbers such as 1.24.6.64, or the full name such as v1.24.6.64-g0c0a6a39-aliyun";
    problems.add("mesh.version", `got ${quote(input.version)}`, expected, "Write all four numbers.");
  } else {
    problems.list.push(...checkAsmSupport(config.laneGroups, mesh));
  }
  if ((input.kubeconfig === undefined) !== (input.context === undefined)) {
    const missing = input.context === undefined ? "context" : "kubeconfig";
    const fix = `Add ${missing}: an ambient kubeconfig is never used.`;
    problems.add(`mesh.${missing}`, "missing", "kubeconfig and context together", fix);
  }
  if (mesh.existing) {
    const what = "a new mesh, and mesh.kubeconfig names one that is there";
    for (const key of ["users", "accessLogProject", "traceSampling"] as const)
      onlyFor(problems, `mesh.asm.${key}`, input.asm?.[key], what);
  }
  const ids = mesh.users.map(({ id }) => id);
  problems.duplicates(ids, (index) => `mesh.asm.users[${index}].id`, "user");
}

function checkLoadBalancer(problems: Problems, { cluster, mesh, gateway }: StackConfig): void {
  if (mesh.kind !== "asm") {
    onlyFor(problems, "gateway.loadBalancer", gateway.loadBalancer, "a mesh of kind asm");
    return;
  }
  if (gateway.namespace !== asmGatewayNamespace) {
    const got = `got ${quote(gateway.namespace)}`;
    problems.add(
      "gateway.namespace",
      got,
      `${asmGatewayNamespace} on asm`,
      "Remove the line; Gateways may be elsewhere.",
    );
  }
  if (cluster.kind === "existing") {
    const fix =
      "Name the CLB instance that is to lead to the gateway: nothing is made in the account of such a cluster.";
    required(problems, "gateway.loadBalancer", gateway.loadBalancer, "asm on a cluster of kind existing", fix);
  }
}

/** Images of workloads that are named: pinned, and named at all where this machine cannot bring its own to the nodes. */
export function checkImages(problems: Problems, { cluster, workloads }: StackConfig): void {
  workloads.forEach(({ app, image }, index) => {
    const path = `workloads[${index}]`;
    if (app === undefined && image === undefined) {
      problems.add(path, "neither app nor image", "one of them", "Add image, or app for one of this project's.");
    } else if (app !== undefined && image !== undefined) {
      problems.add(`${path}.image`, "app and image", "one of them", "Remove one.");
    } else if (app !== undefined && cluster.kind === "ack") {
      const expected = "image, on a cluster of kind ack: images of apps are built for clusters on this machine";
      const fix = `Build apps/${app}/Containerfile, push the image, and name it with its tag or digest.`;
      problems.add(`${path}.app`, `got ${quote(app)}`, expected, fix);
    }
    const problem = image === undefined ? undefined : imageProblem(image);
    if (image !== undefined && problem !== undefined) {
      problems.add(
        `${path}.image`,
        `got ${quote(image)}, ${problem}`,
        "an image with the tag of one build, or with a digest",
        pinFix,
      );
    }
  });
}
