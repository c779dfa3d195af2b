import satisfies from "semver/functions/satisfies";
import { checkAsmSupport } from "../../components/lanes/asm/support";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import { revisionProblems } from "../../components/mesh/control-planes";
import { pins } from "../../tools/toolchain/pins";
import { testedIstio } from "../../tools/toolchain/tested";
import { gatewayNamespaces, isOwnCluster, workloadNamespaces } from "../ownership/namespaces";
import type { Sections } from "../stack";
import { checkVersion, onlyFor, type Written } from "../values";
import { newMesh } from "./asm";
import type { AsmMeshConfig, IstioMeshConfig } from "./mesh";

type PreviousConfig = NonNullable<IstioMeshConfig["previous"]>;

export function checkMesh(problems: Problems, { mesh }: Pick<Sections, "mesh">, written: Written): void {
  if (mesh.kind === "asm") {
    checkAsm(problems, mesh, written);
    return;
  }
  const fix = `Take a version of that range, or none: the default is ${pins.istio}.`;
  checkIstioVersion(problems, "mesh.version", mesh.version, fix);
  if (mesh.revision !== undefined) problems.dnsLabel("mesh.revision", mesh.revision);
  if (mesh.previous) checkPrevious(problems, mesh, mesh.previous);
}

function checkPrevious(problems: Problems, mesh: IstioMeshConfig, previous: PreviousConfig): void {
  if (mesh.existing) {
    const fix = "Remove it: whoever runs the control planes decides how long each stays.";
    problems.add("mesh.previous", "previous beside existing: true", "only where this stack installs Istio", fix);
  }
  const inPlace =
    "Bring that control plane to a version of the range in place first: write it as mesh.version, without previous.";
  checkIstioVersion(problems, "mesh.previous.version", previous.version, inPlace);
  if (previous.revision !== undefined) problems.dnsLabel("mesh.previous.revision", previous.revision);
  problems.list.push(...revisionProblems("mesh.previous", mesh));
  problems.duplicates(previous.namespaces, (index) => `mesh.previous.namespaces[${index}]`, "namespace");
}

/** Namespaces that are to stay on the control plane of before, and that nothing of the stack is in. */
export function checkStayingNamespaces(
  problems: Problems,
  { mesh, ...config }: Pick<Sections, "mesh" | "workloads" | "gateway" | "gateways">,
): void {
  if (mesh.kind !== "istio" || !mesh.previous) return;
  const known = [...new Set([...workloadNamespaces(config), ...gatewayNamespaces(config)])];
  mesh.previous.namespaces.forEach((namespace, index) => {
    if (known.includes(namespace)) return;
    const expected = `a namespace of the stack's workloads or gateways: ${known.join(", ")}`;
    const fix = "Correct or remove it: only what this stack runs is moved by it.";
    problems.add(`mesh.previous.namespaces[${index}]`, `got ${quote(namespace)}`, expected, fix);
  });
}

function checkIstioVersion(problems: Problems, path: string, version: string, fix: string): void {
  if (!checkVersion(problems, path, version, pins.istio)) return;
  if (satisfies(version, testedIstio.range, { includePrerelease: true })) return;
  const expected = `${testedIstio.inWords}, which are tested (docs/versions.md)`;
  problems.add(path, `got ${quote(version)}`, expected, fix);
}

/** Clusters and meshes that go together. */
export function checkPair(problems: Problems, config: Pick<Sections, "cluster" | "mesh">): void {
  const { cluster, mesh } = config;
  if (mesh.kind === "istio" && mesh.existing && isOwnCluster(config)) {
    const got = `true, on a cluster of kind ${cluster.kind} that this stack makes`;
    problems.add("mesh.existing", got, "only on a cluster that somebody else runs", "Remove it.");
  }
  if (mesh.kind !== "asm" || cluster.kind === "ack") return;
  if (cluster.kind !== "existing") {
    const fix = "Set cluster.kind to ack, or to existing, or mesh.kind to istio.";
    problems.add(
      "mesh.kind",
      `got ${quote("asm")} on a cluster of kind ${cluster.kind}`,
      "asm on ack or existing",
      fix,
    );
    return;
  }
  if (cluster.id === undefined) {
    const fix = "Name the cluster's id: the mesh runs its gateway in the clusters it knows by id.";
    problems.add("cluster.id", "missing", "required for a mesh of kind asm", fix);
  }
  if (!mesh.existing) {
    const fix = "Name the kubeconfig and context of the mesh that has this cluster, or use a cluster of kind ack.";
    problems.add("mesh.kubeconfig", "missing", "required for asm on a cluster of kind existing", fix);
  }
}

const wholeVersion = /^v?\d+\.\d+\.\d+\.\d+(-g[0-9a-f]+-aliyun)?$/;

function checkAsm(problems: Problems, mesh: AsmMeshConfig, written: Written): void {
  if (!wholeVersion.test(mesh.version)) {
    const expected = "four numbers such as 1.24.6.64, or the full name such as v1.24.6.64-g0c0a6a39-aliyun";
    problems.add("mesh.version", `got ${quote(mesh.version)}`, expected, "Write all four numbers.");
  }
  if (mesh.existing) {
    const what = "a new mesh, and mesh.kubeconfig names an existing one";
    for (const key of Object.keys(newMesh)) onlyFor(problems, written, `mesh.asm.${key}`, what);
  }
  const ids = mesh.users.map(({ id }) => id);
  problems.duplicates(ids, (index) => `mesh.asm.users[${index}].id`, "user");
}

/** Lane groups that the instance is too old or too small for. */
export function checkSupport(problems: Problems, { mesh, laneGroups }: Pick<Sections, "mesh" | "laneGroups">): void {
  if (mesh.kind === "asm" && wholeVersion.test(mesh.version)) problems.list.push(...checkAsmSupport(laneGroups, mesh));
}
