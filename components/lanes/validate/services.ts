import { selectorText } from "../labels";
import { servicePodLabels } from "../object";
import { isRouted } from "../ports";
import type { LaneGroup, LaneService } from "../spec";
import { isDnsName, isLabelKey, isLabelValue } from "../syntax";
import { type Problems, quote } from "./problems";
import { tellsVersions, validateGroupLabel, validateVersionLabels } from "./version-labels";

/** Names of the group, its services and versions, and who calls whom. */
export function validateServices(problems: Problems, at: string, group: LaneGroup): void {
  problems.dnsLabel(`${at}.name`, group.name);
  problems.dnsLabel(`${at}.namespace`, group.namespace);
  if (!isDnsName(group.clusterDomain)) {
    const got = `got ${quote(group.clusterDomain)}`;
    problems.add(`${at}.clusterDomain`, got, "a DNS domain such as cluster.local", "Write it as kubelet has it.");
  }
  validateGroupLabel(problems, at, group);
  const names = group.services.map((service) => service.name);
  problems.duplicates(names, (index) => `${at}.services[${index}].name`, "service");
  group.services.forEach((service, index) => {
    const path = `${at}.services[${index}]`;
    problems.dnsLabel(`${path}.name`, service.name);
    // What was not written is the group's, and reported there.
    if (service.namespace !== group.namespace) problems.dnsLabel(`${path}.namespace`, service.namespace);
    validatePorts(problems, path, service);
    validateLabels(problems, path, group, service);
    validateVersionLabels(problems, path, group, service);
    problems.duplicates(service.versions, (version) => `${path}.versions[${version}]`, "version");
    service.versions.forEach((version, versionIndex) => {
      if (isLabelValue(version)) return;
      const expected = "a Kubernetes label value: at most 63 letters, digits, '-', '_', '.', alphanumeric at both ends";
      problems.add(`${path}.versions[${versionIndex}]`, `got ${quote(version)}`, expected, "Rename the version.");
    });
    service.calls.forEach((callee, callIndex) => {
      problems.known(`${path}.calls[${callIndex}]`, callee, "service", names);
    });
    problems.duplicates(service.calls, (call) => `${path}.calls[${call}]`, "call");
  });
}

/** By them the pods of all versions are found, and those of no other service. */
function validateLabels(problems: Problems, path: string, group: LaneGroup, service: LaneService): void {
  const at = `${path}.labels`;
  if (service.labels) {
    const fix = "Write those that the Service's selector has, or remove labels.";
    if (Object.keys(service.labels).length === 0) problems.add(at, "got {}", "at least one label of the pods", fix);
    for (const [key, value] of Object.entries(service.labels)) {
      const where = `${at}.${key}`;
      if (!isLabelKey(key))
        problems.add(where, `key ${quote(key)}`, "a Kubernetes label key", "Write it as pods have it.");
      else if (!isLabelValue(value))
        problems.add(where, `got ${quote(value)}`, "a Kubernetes label value", "Write it as pods have it.");
      else if (tellsVersions(group, service, key, value))
        problems.add(where, `${key}, the label that tells the version`, "labels of all versions", "Remove it.");
    }
  }
  if (!group.scope) return;
  // Which of two Sidecars a pod gets, Istio does not say.
  const text = selectorText(servicePodLabels(service));
  const first = group.services.find(
    (other) => other.namespace === service.namespace && selectorText(servicePodLabels(other)) === text,
  );
  if (!first || first.name === service.name) return;
  const got = `the labels of ${first.name}, too: ${text}`;
  problems.add(
    at,
    got,
    "labels of its own in a group with scope",
    "Write labels that tell the pods apart, or remove scope.",
  );
}

function validatePorts(problems: Problems, path: string, { port, ports = [] }: LaneService): void {
  problems.duplicates(
    ports.map((each) => String(each.port)),
    (index) => `${path}.ports[${index}].port`,
    "port",
  );
  const main = ports.findIndex((each) => each.port === port);
  const protocol = ports[main]?.protocol;
  if (protocol === undefined || isRouted(protocol)) return;
  const got = `got ${quote(protocol)} for ${port}, which is the service's port`;
  const fix = "Write a port of HTTP or gRPC as port, or take the service out of the group: all lanes share it then.";
  problems.add(`${path}.ports[${main}].protocol`, got, "http, http2 or grpc: requests enter by it", fix);
}
