import { UserError } from "../../tools/user-error";
import { podLabelsBySelector } from "../lanes/object";
import { protocolNamed } from "../lanes/ports";
import { defaultClusterDomain, type LaneGroupInput } from "../lanes/spec";
import { isHostPattern } from "../lanes/syntax";
import { regexProblem } from "../lanes/text-match/re2";
import { adviseFirst } from "./advice/first";
import { adviseLater } from "./advice/later";
import { findCalls, Names } from "./calls";
import { chooseEntry, reachedFrom, type ServiceCall, serviceCalls } from "./chain";
import { clusterDomainOf } from "./domain";
import { gatewayRoutes, servedHosts } from "./entries/found";
import { adviseMirrors } from "./entries/mirror";
import { withPolicies } from "./entries/policies";
import { type EntryProposal, type Target, withEntryRoutes } from "./entries/propose";
import { existingRoutes } from "./existing";
import { Findings } from "./finding";
import type { Inventory, KubeService } from "./inventory";
import { baselineLane, dnsLabel, laneNames } from "./names";
import { type ImportOptions, optionProblems } from "./options";
import type { Proposal, ProposedService } from "./proposal";
import { isWanted, noEntry, nothingLeft } from "./refusals";
import { type EntryPath, type FoundEntry, findEntries, findMeshRoutes, findServiceRules, routedShares } from "./routes";
import { type Candidate, furtherPorts, type Selected, selectServices } from "./select";
import { labelsIn, toldVersions, versionIn } from "./told-versions";
import { versionsOf } from "./versions";

/** Header by which requests enter a lane, and the one that routes match. */
const entryHeader = "x-lane-entry";
const routeHeader = "x-lane";

/**
 * A lane group for what was found: one lane `baseline`, and one for each version that exists besides. What it cannot say, and
 * what is in its way, is in the findings.
 *
 * @param gateway `namespace/name` of the Gateway that requests of lanes are to come in by, for a group of this name.
 * @throws UserError when nothing can be in lanes, or nobody can tell where requests come in.
 */
export function proposeLaneGroup(
  inventory: Inventory,
  gateway: (group: string) => string,
  options: ImportOptions = {},
): Proposal {
  const wrong = optionProblems(options, inventory);
  if (wrong.length > 0) throw new UserError("lanes import cannot run like this", wrong);
  const findings = new Findings();
  const clusterDomain = options.clusterDomain ?? clusterDomainOf(inventory);
  const names = new Names(inventory.services, clusterDomain);
  const { calls: found, dangling } = findCalls(inventory.workloads, names);
  const entries = findEntries(inventory, names);
  const preferred = new Map(
    entries.flatMap(({ service, port }) => (port === undefined ? [] : [[service, port] as const])),
  );
  const all = selectServices(inventory, found, options.protocols ?? [], preferred);
  const selected = { ...all, candidates: all.candidates.filter(({ service }) => isWanted(service, options)) };
  if (selected.candidates.length === 0) throw nothingLeft(inventory, all, options);
  const calls = serviceCalls(found, options.calls ?? [], selected);
  const entry = givenEntry(selected.candidates, entries, options) ?? chooseEntry(selected, entries, calls);
  if (!entry) throw noEntry(inventory, selected);
  const { namespace } = entry.candidate.service;

  const reached = reachedFrom(entry.candidate.service, calls);
  const inGroup = inNamespace(selected.candidates, namespace, reached);
  const consul = askConsul(inGroup, found, calls, entry.candidate);
  const members = inGroup.filter((candidate) => !consul.includes(candidate));
  const ordered = [
    ...reached.flatMap((service) => members.find((each) => each.service === service) ?? []),
    ...members.filter(({ service }) => !reached.includes(service)),
  ];

  const meshRoutes = findMeshRoutes(inventory, names);
  const rules = findServiceRules(inventory, names);
  const told = toldVersions(ordered, rules, options.versionLabel);
  const shares = routedShares(meshRoutes, rules, names, (labels, service) => versionIn(labels, told.of(service)));
  const versions = versionsOf(ordered, ({ labels }, service) => versionIn(labels, told.of(service)), shares);
  const services = ordered.flatMap((candidate): ProposedService[] => {
    const own = versions.get(candidate.service);
    const mine = calls.filter(
      ({ from, to }) => from === candidate.service && ordered.some(({ service }) => service === to),
    );
    if (!own) return [];
    const { service } = candidate;
    return [{ ...candidate, versions: own, told: told.of(service), calls: mine, reached: reached.includes(service) }];
  });
  const plain = laneGroup(services, {
    ...entry,
    gateway,
    label: told.label,
    clusterDomain,
    name: options.group,
  });
  const entered = enteredBy(plain, entry.entry, inventory, names, (service) => targetOf(service, services, selected));
  const { group, objects, leftMirrors } = withPolicies(
    { group: entered.group, services, rules, names },
    meshRoutes,
    entered.taken,
  );
  const context = {
    inventory,
    services,
    selected,
    consul,
    found,
    dangling,
    entries,
    entry,
    entered,
    group,
    names,
    label: told.label,
    reached,
    routed: new Set(meshRoutes.flatMap(({ services: led }) => led)),
  };
  const commands = adviseFirst(findings, context);
  existingRoutes(findings, { services, group, meshRoutes, rules, inventory, policies: objects });
  adviseMirrors(findings, leftMirrors);
  adviseLater(findings, context, options);
  return {
    group,
    services,
    entry: { service: entry.candidate.service, why: entry.why },
    versionLabel: { label: told.label, why: told.why },
    commands,
    findings: findings.list,
  };
}

/** Services of the namespace; those of others only where the calls that are known lead there. */
function inNamespace(
  candidates: readonly Candidate[],
  namespace: string,
  reached: readonly KubeService[],
): Candidate[] {
  const own = candidates.filter(({ service }) => service.namespace === namespace);
  const others = candidates.filter(({ service }) => service.namespace !== namespace && reached.includes(service));
  // A name is one service's in a group.
  return [...own, ...others].filter(
    (each, index, all) => all.findIndex(({ service }) => service.name === each.service.name) === index,
  );
}

/** Services that are found by Consul, as far as one can see: they register there, and no call names them. */
function askConsul(
  candidates: readonly Candidate[],
  found: readonly { readonly from: unknown; readonly to: KubeService }[],
  calls: readonly ServiceCall[],
  entry: Candidate,
): Candidate[] {
  const registered = new Set(
    found.filter(({ to }) => to.name === "consul" || to.name.startsWith("consul-")).map(({ from }) => from),
  );
  return candidates.filter(
    (candidate) =>
      candidate !== entry &&
      candidate.workloads.some((workload) => registered.has(workload)) &&
      !calls.some(({ to }) => to === candidate.service),
  );
}

function givenEntry(candidates: readonly Candidate[], entries: readonly FoundEntry[], { entry: name }: ImportOptions) {
  if (name === undefined) return undefined;
  const candidate = candidates.find(({ service }) => service.name === name);
  if (!candidate) {
    const expected = candidates.map(({ service }) => service.name).join(", ");
    const fix = "Name a service that lanes can route.";
    throw new UserError("lanes import cannot run like this", [
      { path: "--entry", got: `${name}, which lanes cannot route`, expected, fix },
    ]);
  }
  const entry = entries.find(({ service }) => service === candidate.service);
  return { candidate, ...(entry && { entry }), why: "--entry says so" };
}

function enteredBy(
  group: LaneGroupInput,
  entry: FoundEntry | undefined,
  inventory: Inventory,
  names: Names,
  target: (service: KubeService) => Target | undefined,
): EntryProposal {
  const routes = entry?.gateways ? gatewayRoutes(inventory, names, entry.gateways) : [];
  if (!entry || routes.length === 0) return { group, looked: [], dropped: [], taken: [] };
  return withEntryRoutes(group, entry, routes, servedHosts(inventory, group.entry.gateway), target);
}

function targetOf(
  service: KubeService,
  services: readonly ProposedService[],
  { aliases }: Selected,
): Target | undefined {
  const own = aliases.get(service) ?? service;
  const proposed = services.find((each) => each.service === own);
  return proposed && { name: own.name, port: proposed.main.port.port, alias: own !== service };
}

interface GroupParts {
  readonly candidate: Candidate;
  readonly entry?: FoundEntry;
  readonly gateway: (group: string) => string;
  readonly label: string;
  readonly clusterDomain: string;
  readonly name: string | undefined;
}

function laneGroup(
  services: readonly ProposedService[],
  { candidate, entry, gateway, label, clusterDomain, name }: GroupParts,
): LaneGroupInput {
  const { namespace } = candidate.service;
  const baselines = services.map(({ versions }) => versions.baseline);
  const common =
    baselines.find((version, _index, all) => all.every((other) => count(all, other) <= count(all, version))) ?? "v1";
  const differing = services.filter(({ versions }) => versions.baseline !== common);
  const others = [...new Set(services.flatMap(({ versions }) => versions.versions.slice(1)))];
  const [path, ...more] = entry?.paths.filter(isEntryPath) ?? [];
  const groupName = name ?? dnsLabel(namespace === "default" ? candidate.service.name : namespace);
  return {
    name: groupName,
    namespace,
    mode: "permissive",
    ...(clusterDomain !== defaultClusterDomain && { clusterDomain }),
    ...(label !== "version" && { versionLabel: label }),
    services: services.map((proposed) => ({
      name: proposed.service.name,
      ...(proposed.service.namespace !== namespace && { namespace: proposed.service.namespace }),
      ...portsOf(proposed),
      ...labelsOf(proposed),
      versions: [...proposed.versions.versions],
      ...versionLabelsOf(proposed, label),
      calls: proposed.calls.map(({ to }) => to.name),
    })),
    entry: {
      service: candidate.service.name,
      gateway: gateway(groupName),
      ...hostsOf(entry),
      ...(path && more.length === 0 && { path: matchOf(path) }),
      header: entryHeader,
    },
    routeHeader,
    baseline: baselineLane,
    lanes: [
      {
        name: baselineLane,
        version: common,
        ...(differing.length > 0 && {
          versions: Object.fromEntries(differing.map(({ service, versions }) => [service.name, versions.baseline])),
        }),
      },
      ...[...laneNames(others)].map(([version, lane]) => ({ name: lane, ...(lane !== version && { version }) })),
    ],
  };
}

/** Pods of others have not always the label `app`. */
function labelsOf({ service, told, versions }: ProposedService): Pick<LaneGroupInput["services"][number], "labels"> {
  const keys = versions.versions.flatMap((version) => Object.keys(labelsIn(version, told)));
  const labels = podLabelsBySelector(service, service.selector, keys);
  return labels ? { labels } : {};
}

/** What a service tells its versions by, where it is not the group's label. */
function versionLabelsOf(
  { told, versions }: ProposedService,
  label: string,
): Pick<LaneGroupInput["services"][number], "versionLabel" | "versionLabels"> {
  if (told.labels) {
    const copies = versions.versions.map((version) => [version, { ...labelsIn(version, told) }] as const);
    return { versionLabels: Object.fromEntries(copies) };
  }
  return told.label === label ? {} : { versionLabel: told.label };
}

function portsOf(candidate: Candidate): Pick<LaneGroupInput["services"][number], "port" | "ports"> {
  const further = furtherPorts(candidate).map(({ port, verdict }) => ({
    port: port.port,
    // Where Istio looks at the first bytes, callers say that it is HTTP.
    protocol: verdict.lanes === "detected" ? ("http" as const) : protocolNamed(verdict.protocol),
  }));
  return { port: candidate.main.port.port, ...(further.length > 0 && { ports: further }) };
}

function count(all: readonly string[], one: string): number {
  return all.filter((each) => each === one).length;
}

/** What Istio takes for a path is more than what a lane group does: a query, a text without a slash. */
function isEntryPath(path: EntryPath): boolean {
  if ("regex" in path) return regexProblem(path.regex) === undefined;
  return /^\/[^?#\s]*$/.test("exact" in path ? path.exact : path.prefix);
}

function matchOf(path: EntryPath) {
  return "exact" in path ? path.exact : path;
}

/** None: any host, as the schema has it. Hosts of which one is covered by another would be refused. */
function hostsOf(entry: FoundEntry | undefined): { readonly hosts?: string[] } {
  const hosts = [...new Set(entry?.hosts ?? [])].filter(isHostPattern);
  if (hosts.length === 0 || hosts.includes("*")) return {};
  const covered = (host: string) =>
    hosts.some((wide) => wide !== host && wide.startsWith("*.") && host.endsWith(wide.slice(1)));
  return { hosts: hosts.filter((host) => !covered(host)) };
}
