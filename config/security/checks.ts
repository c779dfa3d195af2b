import { isDnsLabel } from "../../components/lanes/syntax";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import { istioNamespace } from "../../components/mesh/root-namespace";
import type { Sections } from "../stack";

/** See `podSecurityLabels`: the pods of every workload would be refused, and only their ReplicaSets would say so. */
export function checkPodSecurity(
  problems: Problems,
  { security: { podSecurity }, mesh }: Pick<Sections, "security" | "mesh">,
): void {
  if (mesh.kind !== "istio" || podSecurity === "privileged") return;
  const got = `${podSecurity}, which refuses the init container of every sidecar (NET_ADMIN, NET_RAW, root)`;
  const fix = "Remove it: pods that are not restricted are named in warnings and in the audit log all the same.";
  problems.add("security.podSecurity", got, "privileged, for Istio without its CNI plugin", fix);
}

/** Sidecars reach the control plane of a managed mesh outside the cluster, at addresses that no document names. */
export function checkNetworkPolicies(
  problems: Problems,
  { security: { networkPolicies }, mesh }: Pick<Sections, "security" | "mesh">,
): void {
  if (mesh.kind !== "asm" || !networkPolicies) return;
  const got = "true, which would cut the sidecars off from the mesh's control plane";
  problems.add("security.networkPolicies", got, "false, with a mesh of kind asm", "Remove it.");
}

/** A policy in the root namespace is one for every namespace of the mesh. */
export function checkRootNamespace(problems: Problems, { workloads }: Pick<Sections, "workloads">): void {
  workloads.forEach(({ namespace }, index) => {
    if (namespace !== istioNamespace) return;
    const got = `${istioNamespace}, whose policies would be those of the whole mesh`;
    problems.add(`workloads[${index}].namespace`, got, "another namespace", "Move the workload.");
  });
}

export function checkAllow(
  problems: Problems,
  { allow, workloads, laneGroups }: Pick<Sections, "allow" | "workloads" | "laneGroups">,
): void {
  const services = [
    ...workloads.map(({ namespace, name }) => `${namespace}/${name}`),
    ...laneGroups.flatMap(({ services: own }) => own.map(({ namespace, name }) => `${namespace}/${name}`)),
  ];
  allow.forEach(({ from, to }, index) => {
    const path = `allow[${index}]`;
    const [namespace = "", account = "", ...rest] = from.split("/");
    // Accounts may hold dots; none of ours does, and the names of policies are joined with them.
    if (rest.length > 0 || !isDnsLabel(namespace) || !isDnsLabel(account)) {
      const fix =
        account === ""
          ? `Write its namespace too: default/${namespace}.`
          : "Write namespace/account, such as jobs/nightly.";
      problems.add(`${path}.from`, `got ${quote(from)}`, "namespace/account, each a name without dots", fix);
    }
    problems.known(`${path}.to`, to, "service", [...new Set(services)]);
  });
  const pairs = allow.map(({ from, to }) => `${from} -> ${to}`);
  problems.duplicates(pairs, (index) => `allow[${index}]`, "call");
}
