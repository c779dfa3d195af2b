import { imageProblem, pinFix } from "../../components/images/reference";
import { isDnsLabel, isLabelKey, isLabelValue } from "../../components/lanes/syntax";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import { deploymentName } from "../../components/names";
import type { Sections } from "../stack";
import { isHttpUrl } from "../values";
import type { WorkloadConfig } from "./workloads";

export function checkWorkloads(problems: Problems, { workloads }: Pick<Sections, "workloads">): void {
  const names = workloads.map((workload) => `${workload.namespace}/${workload.name}`);
  problems.duplicates(names, (index) => `workloads[${index}].name`, "workload");
  checkDeploymentNames(problems, workloads);
  for (const [index, workload] of workloads.entries()) checkWorkload(problems, `workloads[${index}]`, workload);
}

function checkWorkload(problems: Problems, path: string, workload: WorkloadConfig): void {
  problems.dnsLabel(`${path}.name`, workload.name);
  problems.dnsLabel(`${path}.namespace`, workload.namespace);
  if (!isLabelKey(workload.versionLabel)) {
    const expected = "a Kubernetes label key, such as version or ASM_TRAFFIC_TAG";
    problems.add(`${path}.versionLabel`, `got ${quote(workload.versionLabel)}`, expected, "Name a pod label.");
  }
  // Kubernetes: port names have at most 15 characters. Istio: the part before '-' is the protocol.
  const { portName } = workload;
  if (!isDnsLabel(portName) || portName.length > 15 || !/^(http|http2|grpc)(-|$)/.test(portName)) {
    const expected = "at most 15 characters that begin with http, http2 or grpc, such as http-ws";
    problems.add(`${path}.portName`, `got ${quote(portName)}`, expected, "Rename the port.");
  }
  problems.duplicates(workload.versions, (version) => `${path}.versions[${version}]`, "version");
  workload.versions.forEach((version, index) => {
    if (isLabelValue(version)) return;
    const expected = "a Kubernetes label value: at most 63 letters, digits, '-', '_', '.', alphanumeric at both ends";
    problems.add(`${path}.versions[${index}]`, `got ${quote(version)}`, expected, "Rename the version.");
  });
  for (const version of Object.keys(workload.replicas))
    problems.known(`${path}.replicas.${version}`, version, "version", workload.versions);
  if (workload.calls !== undefined && !isHttpUrl(workload.calls, /^http:$/)) {
    const expected = "an http URL, such as http://mockb:8000/mock";
    const fix = "Write http://, the service and its port.";
    problems.add(`${path}.calls`, `got ${quote(workload.calls)}`, expected, fix);
  }
  for (const variable of Object.keys(workload.env)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) continue;
    problems.add(`${path}.env.${variable}`, `got ${quote(variable)}`, "letters, digits and _", "Rename the variable.");
  }
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
      const fix = "Rename the version or the workload.";
      problems.add(`workloads[${index}].versions[${versionIndex}]`, got, expected, fix);
    });
  });
}

/** Images that are named: pinned, and named at all where this machine cannot bring its own to the nodes. */
export function checkImages(problems: Problems, { cluster, workloads }: Pick<Sections, "cluster" | "workloads">): void {
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
    if (image === undefined || problem === undefined) return;
    const expected = "an image with the tag of one build, or with a digest";
    problems.add(`${path}.image`, `got ${quote(image)}, ${problem}`, expected, pinFix);
  });
}
