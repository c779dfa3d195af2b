import { isOlderAsm } from "../../components/lanes/asm/support";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import type { Sections } from "../stack";
import { onlyFor, type Written } from "../values";

type Config = Pick<Sections, "cluster" | "mesh" | "gateway">;

/** What leads to the gateway of an ASM mesh: an existing CLB instance, a new one, or an NLB instance that the cluster makes. */
export function checkLoadBalancer(problems: Problems, config: Config, written: Written): void {
  const { cluster, gateway } = config;
  const { kind = "clb", id, address } = gateway.loadBalancer ?? {};
  if (kind === "nlb") {
    for (const key of ["id", "address", "overrideListeners"])
      onlyFor(problems, written, `gateway.loadBalancer.${key}`, "an existing load balancer of kind clb");
    checkNetworkLoadBalancer(problems, config, written);
    return;
  }
  onlyFor(problems, written, "gateway.loadBalancer.zones", "a load balancer of kind nlb");
  if (id === undefined && address === undefined) {
    onlyFor(problems, written, "gateway.loadBalancer.overrideListeners", "an existing load balancer");
    if (cluster.kind !== "existing") return;
    const fix =
      "Name the CLB instance that is to lead to the gateway: nothing is made in the account of such a cluster. Or take kind nlb.";
    problems.add("gateway.loadBalancer", "missing", "required for asm on a cluster of kind existing", fix);
    return;
  }
  for (const [key, value, other] of [
    ["id", id, "address"],
    ["address", address, "id"],
  ] as const) {
    if (value !== undefined) continue;
    problems.add(`gateway.loadBalancer.${key}`, "missing", `required beside ${other}`, `Name it, or remove ${other}.`);
  }
}

/** "Associate an NLB instance with an ingress gateway" of ASM's documentation. */
function checkNetworkLoadBalancer(problems: Problems, { cluster, mesh, gateway }: Config, written: Written): void {
  const instead = "or gateway.loadBalancer.kind: clb";
  if (mesh.kind === "asm" && isOlderAsm(mesh.version, [1, 18, 0, 0])) {
    const expected = "1.18 or later, for a load balancer of kind nlb";
    problems.add("mesh.version", `got ${quote(mesh.version)}`, expected, `Take a later version, ${instead}.`);
  }
  const minor = /^1\.(\d+)\./.exec(cluster.kubernetesVersion ?? "")?.[1];
  if (minor !== undefined && Number(minor) < 24) {
    const expected = "1.24 or later, for a load balancer of kind nlb";
    const got = `got ${quote(cluster.kubernetesVersion ?? "")}`;
    problems.add("cluster.kubernetesVersion", got, expected, `Take a later version, ${instead}.`);
  }
  const own = cluster.kind === "ack" && "zones" in cluster.source ? cluster.source.zones : undefined;
  if (own) {
    onlyFor(
      problems,
      written,
      "gateway.loadBalancer.zones",
      "a cluster that exists: a new one has vSwitches of its own",
    );
    checkTwo(problems, "cluster.ack.zones", own, `Name another zone, ${instead}.`);
    return;
  }
  const zones = Object.keys(gateway.loadBalancer?.zones ?? {});
  checkTwo(
    problems,
    "gateway.loadBalancer.zones",
    zones,
    `Name vSwitches of the cluster's VPC by their zones, ${instead}.`,
  );
}

function checkTwo(problems: Problems, path: string, zones: readonly string[], fix: string): void {
  if (zones.length >= 2) return;
  const got = zones.length === 0 ? "missing" : `got ${zones.map(quote).join(", ")}`;
  problems.add(path, got, "two zones or more, for a load balancer of kind nlb", fix);
}
