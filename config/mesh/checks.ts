import satisfies from "semver/functions/satisfies";
import { checkAsmSupport } from "../../components/lanes/asm/support";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import { pins } from "../../tools/toolchain/pins";
import { testedIstio } from "../../tools/toolchain/tested";
import { isOwnCluster } from "../ownership/namespaces";
import type { Sections } from "../stack";
import { checkVersion, onlyFor, type Written } from "../values";
import { newMesh } from "./asm";
import type { AsmMeshConfig } from "./mesh";

export function checkMesh(problems: Problems, { mesh }: Pick<Sections, "mesh">, written: Written): void {
  if (mesh.kind === "asm") {
    checkAsm(problems, mesh, written);
    return;
  }
  if (checkVersion(problems, "mesh.version", mesh.version, pins.istio)) checkIstioRange(problems, mesh.version);
  if (mesh.revision !== undefined) problems.dnsLabel("mesh.revision", mesh.revision);
}

function checkIstioRange(problems: Problems, version: string): void {
  if (satisfies(version, testedIstio.range, { includePrerelease: true })) return;
  const expected = `${testedIstio.inWords}, which are tested (docs/versions.md)`;
  const fix = `Take a version of that range, or none: the default is ${pins.istio}.`;
  problems.add("mesh.version", `got ${quote(version)}`, expected, fix);
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
