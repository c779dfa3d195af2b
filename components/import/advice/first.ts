import { injectedBy } from "../../lanes/revisions";
import { shellCommand } from "../../shell";
import type { Findings } from "../finding";
import type { ProposalContext } from "../proposal";
import { versionIn } from "../told-versions";
import { list } from "./list";

/**
 * What has to be so before lanes take requests.
 *
 * @returns commands that make it so.
 */
export function adviseFirst(findings: Findings, context: ProposalContext): string[] {
  return [
    ...unlabelled(findings, context),
    ...sameVersion(findings, context),
    ...misnamed(findings, context),
    ...sidecars(findings, context),
    ...spread(findings, context),
  ];
}

function unlabelled(findings: Findings, { services }: ProposalContext): string[] {
  const missing = services.flatMap(({ versions, told }) =>
    versions.unlabelled.map((each) => ({ ...each, label: told.label })),
  );
  for (const label of new Set(missing.map((each) => each.label))) {
    const pods = missing.filter((each) => each.label === label);
    const names = list(pods.map(({ workload }) => workload.name));
    findings.add(
      "first",
      `pod label ${label}`,
      `pods of ${names} have none`,
      "a label that tells the version: a route of lanes finds no pod without it, and requests get 503",
      "Add it to their manifests, or run the commands below, which restart the pods.",
    );
  }
  return missing.map(({ workload: { kind, name, namespace }, value, label }) => {
    const patch = JSON.stringify({ spec: { template: { metadata: { labels: { [label]: value } } } } });
    return shellCommand(
      "kubectl",
      "patch",
      kind.toLowerCase(),
      name,
      "--namespace",
      namespace,
      "--type",
      "merge",
      "--patch",
      patch,
    );
  });
}

function sameVersion(findings: Findings, { services }: ProposalContext): string[] {
  for (const { service, workloads, versions, told } of services) {
    const values = workloads.map(({ labels }) => (versionIn(labels, told) ?? versions.baseline).toLowerCase());
    const what = told.labels ? "labels" : told.label;
    const twice = workloads.filter(
      (_each, index) => values.indexOf(values[index] ?? "") !== values.lastIndexOf(values[index] ?? ""),
    );
    if (twice.length === 0) continue;
    findings.add(
      "first",
      `${service.namespace}/${service.name}`,
      `pods of ${list(twice.map(({ name }) => name))} count as one version: no label tells them apart`,
      `another value of ${what} for each that is to be a version of its own`,
      `Give the pods of one of them another ${what}, unless they are one version.`,
    );
  }
  return [];
}

function misnamed(findings: Findings, { services }: ProposalContext): string[] {
  const given = services.filter(({ main }) => main.verdict.why === "--protocol says so");
  if (given.length === 0) return [];
  findings.add(
    "first",
    "appProtocol",
    `only --protocol says what is spoken on ${list(given.map(({ service, main }) => `${service.name}:${main.port.port}`))}`,
    "a Service that tells Istio so: it routes no requests of a lane on the port otherwise",
    "Add appProtocol to the Services' manifests, or run the commands below.",
  );
  return given.map(({ service, main }) => {
    const index = service.ports.indexOf(main.port);
    const value = main.verdict.protocol === "gRPC" ? "grpc" : main.verdict.protocol === "HTTP/2" ? "http2" : "http";
    const patch = JSON.stringify([{ op: "add", path: `/spec/ports/${index}/appProtocol`, value }]);
    return shellCommand(
      "kubectl",
      "patch",
      "service",
      service.name,
      "--namespace",
      service.namespace,
      "--type",
      "json",
      "--patch",
      patch,
    );
  });
}

/** Of a namespace that was not read, nobody can tell. */
function sidecars(findings: Findings, { services, inventory }: ProposalContext): string[] {
  const namespaces = inventory.others.filter(({ kind, api }) => kind === "Namespace" && api === "");
  const without = services.flatMap(({ workloads }) =>
    workloads.filter(({ namespace, injected }) => {
      const known = namespaces.find(({ name }) => name === namespace);
      return (
        injected === false || (injected === undefined && known !== undefined && injectedBy(known.labels) === undefined)
      );
    }),
  );
  if (without.length === 0) return [];
  findings.add(
    "first",
    "sidecars",
    `pods of ${list(without.map(({ name }) => name))} get none`,
    "a sidecar in every pod that calls: it is what chooses the version of the next service",
    "Label the namespace istio-injection=enabled (or istio.io/rev), take sidecar.istio.io/inject: false out, and restart the pods.",
  );
  return [];
}

/** Without a route, callers get any version; with lanes they get the baseline. */
function spread(findings: Findings, { services, routed }: ProposalContext): string[] {
  for (const { service, versions } of services) {
    if (versions.versions.length < 2 || routed.has(service)) continue;
    const [baseline = ""] = versions.versions;
    findings.add(
      "first",
      `${service.namespace}/${service.name}`,
      `calls to it are spread over ${versions.versions.join(", ")} today, and take ${baseline} alone once the lane group is there`,
      "one version for calls that are in no lane",
      `Give ${baseline} pods enough for all of them, or name another version in the baseline's \`versions\`.`,
    );
  }
  return [];
}
