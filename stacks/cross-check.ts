import { isDnsLabel, isLabelKey, isLabelValue } from "../components/lanes/syntax";
import { Problems, quote } from "../components/lanes/validate/problems";
import { deploymentName } from "../components/names";
import type { Problem } from "../tools/user-error";
import type { StackConfig, WorkloadConfig } from "./config";
import { checkAlibaba, checkImages } from "./cross-check-alibaba";
import { checkEntryHosts, checkGateways, gatewayName } from "./cross-check-gateways";
import { checkScope } from "./cross-check-scope";
import { checkSecurity } from "./cross-check-security";
import type { StackConfigInput } from "./schema";

/** What is wrong between sections, and within those that are not lane groups. */
export function crossCheck(input: StackConfigInput, config: StackConfig): Problem[] {
  const problems = new Problems();
  checkCluster(problems, input);
  checkMesh(problems, config);
  checkAlibaba(problems, input, config);
  checkGateways(problems, config);
  checkImages(problems, config);
  checkWorkloads(problems, input, config);
  checkLaneGroups(problems, config);
  checkSecurity(problems, config);
  return problems.list;
}

function checkCluster(problems: Problems, { cluster = {} }: StackConfigInput): void {
  if (cluster.name !== undefined) problems.dnsLabel("cluster.name", cluster.name);
  checkVersion(problems, "cluster.kubernetesVersion", cluster.kubernetesVersion);
  for (const key of ["kubeconfig", "context"] as const) {
    if (cluster.kind === "existing" && cluster[key] === undefined) {
      const fix = `Add ${key}: an ambient kubeconfig is never used.`;
      problems.add(`cluster.${key}`, "missing", "required for kind existing", fix);
    } else if (cluster.kind !== "existing" && cluster[key] !== undefined) {
      const fix = `Remove ${key}, or set kind: existing.`;
      problems.add(`cluster.${key}`, `got ${quote(cluster[key])}`, "only for kind existing", fix);
    }
  }
}

function checkMesh(problems: Problems, { mesh }: StackConfig): void {
  if (mesh.kind !== "istio") return;
  checkVersion(problems, "mesh.version", mesh.version);
  if (mesh.revision !== undefined) problems.dnsLabel("mesh.revision", mesh.revision);
}

function checkVersion(problems: Problems, path: string, version: string | undefined): void {
  if (version === undefined || /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) return;
  problems.add(path, `got ${quote(version)}`, "a version such as 1.29.1", "Write all three numbers, without a v.");
}

function checkWorkloads(problems: Problems, input: StackConfigInput, { workloads }: StackConfig): void {
  const names = workloads.map((workload) => `${workload.namespace}/${workload.name}`);
  problems.duplicates(names, (index) => `workloads[${index}].name`, "workload");
  checkDeploymentNames(problems, workloads);
  workloads.forEach((workload, index) => {
    const path = `workloads[${index}]`;
    problems.dnsLabel(`${path}.name`, workload.name);
    problems.dnsLabel(`${path}.namespace`, workload.namespace);
    if (!isLabelKey(workload.versionLabel)) {
      const expected = "a Kubernetes label key, such as version or ASM_TRAFFIC_TAG";
      problems.add(`${path}.versionLabel`, `got ${quote(workload.versionLabel)}`, expected, "Name a pod label.");
    }
    // Kubernetes: port names have at most 15 characters. Istio: the part before '-' is the protocol.
    if (
      !isDnsLabel(workload.portName) ||
      workload.portName.length > 15 ||
      !/^(http|http2|grpc)(-|$)/.test(workload.portName)
    ) {
      const expected = "at most 15 characters that begin with http, http2 or grpc, such as http-ws";
      problems.add(`${path}.portName`, `got ${quote(workload.portName)}`, expected, "Rename the port.");
    }
    problems.duplicates(workload.versions, (version) => `${path}.versions[${version}]`, "version");
    workload.versions.forEach((version, versionIndex) => {
      if (isLabelValue(version)) return;
      const expected = "a Kubernetes label value: at most 63 letters, digits, '-', '_', '.', alphanumeric at both ends";
      problems.add(`${path}.versions[${versionIndex}]`, `got ${quote(version)}`, expected, "Rename the version.");
    });
    const { replicas } = input.workloads?.[index] ?? {};
    for (const version of typeof replicas === "object" ? Object.keys(replicas) : []) {
      problems.known(`${path}.replicas.${version}`, version, "version", workload.versions);
    }
    if (workload.calls !== undefined && !isHttpUrl(workload.calls)) {
      const expected = "an http URL, such as http://mockb:8000/mock";
      problems.add(
        `${path}.calls`,
        `got ${quote(workload.calls)}`,
        expected,
        "Write http://, the service and its port.",
      );
    }
    for (const name of Object.keys(workload.env)) {
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
      problems.add(`${path}.env.${name}`, `got ${quote(name)}`, "letters, digits and _", "Rename the variable.");
    }
  });
}

/** `web` of version `v1-canary` and `web-v1` of version `canary` are two Deployments of one name. */
function checkDeploymentNames(problems: Problems, workloads: readonly WorkloadConfig[]): void {
  const owners = new Map<string, { readonly workload: string; readonly words: string }>();
  workloads.forEach(({ namespace, name, versions }, index) => {
    versions.forEach((version, versionIndex) => {
      const deployment = deploymentName(name, version);
      const own = { workload: name, words: `version ${version} of workload ${name}` };
      const other = owners.get(`${namespace}/${deployment}`);
      owners.set(`${namespace}/${deployment}`, own);
      if (other === undefined || other.workload === name) return;
      const got = `Deployment ${deployment}, which is that of ${other.words} too`;
      const expected = "a Deployment of its own for every version of every workload";
      problems.add(
        `workloads[${index}].versions[${versionIndex}]`,
        got,
        expected,
        "Rename the version or the workload.",
      );
    });
  });
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === "http:";
}

/** Lane groups may name services that this stack does not run; those it runs must agree. */
function checkLaneGroups(problems: Problems, config: StackConfig): void {
  const { workloads, laneGroups } = config;
  const gateways = [config.gateway, ...config.gateways].map(gatewayName);
  laneGroups.forEach((group, index) => {
    const path = `laneGroups[${index}]`;
    // A name without its namespace is reported with the group.
    if (group.entry.gateway.includes("/")) {
      problems.known(`${path}.entry.gateway`, group.entry.gateway, "gateway", gateways);
      checkEntryHosts(problems, path, group, config);
    }
    group.services.forEach((service, serviceIndex) => {
      const at = `${path}.services[${serviceIndex}]`;
      const workload = workloads.find(({ name, namespace }) => name === service.name && namespace === group.namespace);
      if (!workload) return;
      if (workload.port !== service.port) {
        const fix = `Write port: ${workload.port}, or change the workload.`;
        problems.add(
          `${at}.port`,
          `got ${service.port}`,
          `${workload.port}, the port of workload ${workload.name}`,
          fix,
        );
      }
      if (workload.versionLabel !== group.versionLabel) {
        const got = `${quote(group.versionLabel)}, but workload ${workload.name} has ${quote(workload.versionLabel)}`;
        problems.add(`${path}.versionLabel`, got, "the label of the workload's pods", "Write the same label in both.");
      }
      checkScope(problems, at, group, service, workload, workloads);
      service.versions.forEach((version, versionIndex) => {
        problems.known(
          `${at}.versions[${versionIndex}]`,
          version,
          `version of workload ${workload.name}`,
          workload.versions,
        );
      });
    });
  });
}
