import { imageProblem, pinFix } from "../../components/images/reference";
import { isDnsLabel, isLabelKey, isLabelValue } from "../../components/lanes/syntax";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import { deploymentName } from "../../components/names";
import { appContainer } from "../../components/workloads/deployment-spec";
import { workloadProblems } from "../../components/workloads/problems";
import { asRecord, isRecord, records } from "../../tools/values";
import type { Sections } from "../stack";
import { isHttpUrl } from "../values";
import { listensOn, protocolOf, workloadArgs } from "./args";
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
  checkPorts(problems, path, workload);
  if (!isDnsLabel(portName) || portName.length > 15 || !/^(http|http2|grpc)(-|$)/.test(portName)) {
    const expected = "at most 15 characters that begin with http, http2 or grpc, such as http-ws";
    problems.add(`${path}.portName`, `got ${quote(portName)}`, expected, "Rename the port.");
  }
  if (workload.app !== undefined && workload.app !== "mock" && protocolOf(workload) === "grpc") {
    const got = `got ${quote(portName)}, and app ${workload.app} speaks HTTP`;
    problems.add(`${path}.portName`, got, "http, or app: mock, which speaks gRPC too", "Rename the port.");
  }
  problems.duplicates(workload.versions, (version) => `${path}.versions[${version}]`, "version");
  workload.versions.forEach((version, index) => {
    if (isLabelValue(version)) return;
    const expected = "a Kubernetes label value: at most 63 letters, digits, '-', '_', '.', alphanumeric at both ends";
    problems.add(`${path}.versions[${index}]`, `got ${quote(version)}`, expected, "Rename the version.");
  });
  for (const version of Object.keys(workload.replicas))
    problems.known(`${path}.replicas.${version}`, version, "version", workload.versions);
  const schemes = workload.app === "mock" ? /^(http|grpc):$/ : /^http:$/;
  if (workload.calls !== undefined && !isHttpUrl(workload.calls, schemes)) {
    const expected = "an http URL, such as http://mockb:8000/mock";
    const fix = `Write http://, the service and its port${workload.app === "mock" ? "; grpc:// where it speaks gRPC" : ""}.`;
    problems.add(`${path}.calls`, `got ${quote(workload.calls)}`, expected, fix);
  }
  for (const [version, { replicas }] of Object.entries(workload.ofVersions)) {
    if (replicas === undefined || replicas === workload.replicas[version]) continue;
    const got = `${JSON.stringify(replicas)}, and ${JSON.stringify(workload.replicas[version])} at replicas.${version}`;
    problems.add(`${path}.versions.${version}.replicas`, got, "one of them", "Keep one of them.");
  }
  checkHooks(problems, path, workload);
  problems.list.push(...workloadProblems(path, workloadArgs(workload)));
}

/** A drain is a hook of the app's container, which has one of a kind. */
function checkHooks(problems: Problems, path: string, { drainSeconds, pod, ofVersions }: WorkloadConfig): void {
  const hasHook = (own: typeof pod) =>
    records(own?.spec?.containers).some(
      ({ name, lifecycle }) => name === appContainer && isRecord(asRecord(lifecycle).preStop),
    );
  const expected = "one of them: the drain is that hook";
  const problem = (at: string, seconds: number, hook: string) =>
    problems.add(`${at}.drainSeconds`, `${seconds}, and a preStop hook in ${hook}`, expected, "Keep one of them.");
  if (drainSeconds !== undefined && hasHook(pod)) problem(path, drainSeconds, `${path}.pod`);
  for (const [version, own] of Object.entries(ofVersions)) {
    const at = `${path}.versions.${version}`;
    if (own.drainSeconds !== undefined && hasHook(pod)) problem(at, own.drainSeconds, `${path}.pod`);
    const seconds = own.drainSeconds ?? drainSeconds;
    if (seconds !== undefined && hasHook(own.pod)) {
      problem(own.drainSeconds === undefined ? path : at, seconds, `${at}.pod`);
    }
  }
}

/** Further ports: each with a number and a name of its own, and one that the app listens on. */
function checkPorts(problems: Problems, path: string, workload: WorkloadConfig): void {
  const { app, port, portName, ports } = workload;
  const all = [{ port, name: portName }, ...ports];
  const at = (index: number) => `${path}.ports[${index - 1}]`;
  problems.duplicates(
    all.map((each) => String(each.port)),
    (index) => `${at(index)}.port`,
    "port",
  );
  problems.duplicates(
    all.map((each) => each.name),
    (index) => `${at(index)}.name`,
    "name of a port",
  );
  const listens = listensOn(workload);
  for (const [index, each] of ports.entries()) {
    if (!isDnsLabel(each.name) || each.name.length > 15 || !/[a-z]/.test(each.name)) {
      const expected = "at most 15 characters a-z, 0-9 and '-', such as grpc-api or tcp-thrift";
      problems.add(`${path}.ports[${index}].name`, `got ${quote(each.name)}`, expected, "Rename the port.");
    }
    if (app === undefined || listens.includes(each.targetPort)) continue;
    const expected = `a port that app ${app} listens on: ${listens.join(" or ")}`;
    const fix = `Write targetPort: ${listens[0]}${app === "mock" ? ", or name the port grpc, for which the mock opens it" : ""}.`;
    problems.add(`${path}.ports[${index}].targetPort`, `got ${each.targetPort}`, expected, fix);
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
  workloads.forEach(({ app, image, calls, ofVersions }, index) => {
    const path = `workloads[${index}]`;
    checkPinned(problems, `${path}.image`, image);
    const versions = Object.entries(ofVersions);
    for (const [version, own] of versions) checkPinned(problems, `${path}.versions.${version}.image`, own.image);
    const without = image === undefined ? versions.filter(([, own]) => own.image === undefined) : [];
    if (app === undefined) {
      for (const [version] of without.length < versions.length ? without : []) {
        const fix = "Add image to the version, or to the workload for all versions.";
        problems.add(`${path}.versions.${version}`, "no image", "image, as the other versions have one", fix);
      }
      if (without.length === versions.length && versions.length > 0) {
        problems.add(path, "neither app nor image", "one of them", "Add image, or app for one of this project's.");
      }
      if (calls !== undefined) {
        const expected = "only for an app of this project, which finds the URL in its environment";
        problems.add(`${path}.calls`, `got ${quote(calls)}`, expected, "Hand the URL to the app in a variable of env.");
      }
    } else if (cluster.kind === "ack" && without.length > 0) {
      const expected = "image too, on a cluster of kind ack: images of apps are built for clusters on this machine";
      const fix = `Build it (apps/Containerfile says how), push the image, and name it in image with its tag or digest.`;
      problems.add(`${path}.app`, `got ${quote(app)}`, expected, fix);
    }
  });
}

function checkPinned(problems: Problems, path: string, image: string | undefined): void {
  const problem = image === undefined ? undefined : imageProblem(image);
  if (image === undefined || problem === undefined) return;
  const expected = "an image with the tag of one build, or with a digest";
  problems.add(path, `got ${quote(image)}, ${problem}`, expected, pinFix);
}
