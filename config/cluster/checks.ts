import { type Problems, quote } from "../../components/lanes/validate/problems";
import { pins } from "../../tools/toolchain/pins";
import type { Sections } from "../stack";
import { checkVersion, onlyFor, type Written } from "../values";
import { newCluster } from "./ack";
import type { AckClusterConfig } from "./cluster";

export function checkCluster(problems: Problems, { cluster }: Pick<Sections, "cluster">, written: Written): void {
  problems.dnsLabel("cluster.name", cluster.name);
  checkVersion(problems, "cluster.kubernetesVersion", cluster.kubernetesVersion, pins.kubernetes);
  if (cluster.kind === "ack") checkAck(problems, cluster, written);
}

/** Of a cluster in whose mesh the stack does not take part, nobody asks for the id. */
export function checkClusterId(
  problems: Problems,
  { cluster, mesh }: Pick<Sections, "cluster" | "mesh">,
  written: Written,
): void {
  if (cluster.kind === "existing" && mesh.kind !== "asm")
    onlyFor(problems, written, "cluster.id", "a mesh of kind asm");
}

type NewAckConfig = Exclude<AckClusterConfig["source"], { id: string }>;

/** What a cluster of this kind may not have, and how its values must be spelled. */
function checkAck(problems: Problems, cluster: AckClusterConfig, written: Written): void {
  const { region, source } = cluster;
  if (!isRegion(region)) {
    const expected = "a region id, such as cn-hangzhou or ap-southeast-1";
    problems.add("cluster.ack.region", `got ${quote(region)}`, expected, "Name the region by its id.");
  }
  if ("id" in source) {
    const what = "a new cluster, and cluster.id names an existing one";
    for (const key of Object.keys(newCluster)) onlyFor(problems, written, `cluster.ack.${key}`, what);
    onlyFor(problems, written, "cluster.kubernetesVersion", what);
    return;
  }
  checkZones(problems, region, source);
  checkNodes(problems, source);
  checkNetworks(problems, source);
  checkEncryption(problems, source);
}

function checkZones(problems: Problems, region: string, { zones }: NewAckConfig): void {
  problems.duplicates(zones, (index) => `cluster.ack.zones[${index}]`, "zone");
  zones.forEach((zone, index) => {
    // cn-hangzhou-i, but us-east-1a. The letter says which addresses it has (components/cluster/ack-network.ts).
    if (zone.startsWith(region) && /^-?[a-o]$/.test(zone.slice(region.length))) return;
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

/** KMS makes keys in instances that were bought only, and only control planes of ACK Pro use them. */
function checkEncryption(problems: Problems, { encryptSecrets, encryptionKey, kmsInstance, spec }: NewAckConfig): void {
  const keys = Object.entries({ encryptionKey, kmsInstance }).filter(([, value]) => value !== undefined);
  if (!encryptSecrets) {
    for (const [key, value] of keys) {
      const fix = "Remove it, or encryptSecrets.";
      problems.add(`cluster.ack.${key}`, `got ${quote(value ?? "")}`, "nothing where encryptSecrets is false", fix);
    }
    return;
  }
  if (keys.length !== 1) {
    const got = keys.length === 0 ? "missing" : `got ${quote(encryptionKey ?? "")}, and kmsInstance too`;
    const expected = "one of encryptionKey and kmsInstance: ACK encrypts Kubernetes secrets by a key of KMS";
    const fix = "Name an existing key or a bought KMS instance, or set encryptSecrets: false.";
    problems.add("cluster.ack.encryptionKey", got, expected, fix);
  }
  if (spec === "ack.standard") {
    const fix = "Take a larger one, or set encryptSecrets: false.";
    problems.add(
      "cluster.ack.spec",
      `got ${quote(spec)}`,
      "ack.pro.small or larger to encrypt Kubernetes secrets",
      fix,
    );
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

function isRegion(given: string): boolean {
  return /^[a-z]{2}(-[a-z]+)+(-\d+)?$/.test(given);
}

function isPrivateNetwork(given: string): boolean {
  const [, first, second] = /^(\d{1,3})\.(\d{1,3})\.0\.0\/16$/.exec(given)?.map(Number) ?? [];
  if (first === undefined || second === undefined || second > 255) return false;
  return first === 10 || (first === 172 && second >= 16 && second <= 31) || (first === 192 && second === 168);
}
