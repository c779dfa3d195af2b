import { selectorText } from "../../components/lanes/labels";
import { isRouted } from "../../components/lanes/ports";
import { istioProtocol } from "../../components/lanes/protocol";
import {
  type LaneGroup,
  type LaneGroupInput,
  type LaneService,
  laneGroupSchema,
  type MeshKind,
  type ReadLaneGroup,
  readLaneGroup,
} from "../../components/lanes/spec";
import { judgeLaneGroups, type PlacedInput } from "../../components/lanes/validate";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import { versionLabels } from "../../components/lanes/version-labels";
import { withoutUnknownKeys } from "../../components/lanes/zod-problems";
import { labelsOfPods } from "../../components/workloads/deployment-spec";
import { versionsOf } from "../../components/workloads/versions";
import type { Problem } from "../../tools/user-error";
import { isRecord } from "../../tools/values";
import { checkEntryHosts } from "../gateway/entry-hosts";
import { gatewayName } from "../gateway/gateway";
import type { Sections } from "../stack";
import type { Written } from "../values";
import { workloadArgs } from "../workloads/args";
import type { WorkloadConfig } from "../workloads/workloads";
import { checkScope } from "./scope";

/**
 * What is wrong with lane groups by themselves. Those that have the right shape but for unknown keys are judged too, whatever
 * is wrong elsewhere, so that nobody finds their problems one round later.
 *
 * @param read what the config's schema made of all of them; undefined where it refused some of it.
 */
export function laneGroupProblems({ laneGroups, mesh }: Written, read?: readonly LaneGroup[]): Problem[] {
  const groups: readonly unknown[] = Array.isArray(laneGroups) ? laneGroups : [];
  const kind: MeshKind = isRecord(mesh) && mesh.kind === "asm" ? "asm" : "istio";
  return judgeLaneGroups(
    groups.flatMap((raw, index): PlacedInput[] => {
      const known = read?.[index];
      const found = known ? { input: raw as LaneGroupInput, group: known } : readKnownKeys(raw);
      return found ? [{ path: `laneGroups[${index}]`, ...found }] : [];
    }),
    kind,
  );
}

function readKnownKeys(raw: unknown): ReadLaneGroup | undefined {
  const { error } = laneGroupSchema.safeParse(raw);
  return readLaneGroup(error ? withoutUnknownKeys(raw, error) : raw);
}

/** Lane groups may name services that this stack does not run; those it runs must agree. */
export function checkLaneGroups(
  problems: Problems,
  config: Pick<Sections, "workloads" | "laneGroups" | "gateway" | "gateways" | "tls">,
): void {
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
      const workload = workloads.find(
        ({ name, namespace }) => name === service.name && namespace === service.namespace,
      );
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
      checkPorts(problems, at, service, workload);
      checkVersionLabels(problems, path, at, { group, service, workload });
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

interface RunService {
  readonly group: LaneGroup;
  readonly service: LaneService;
  readonly workload: WorkloadConfig;
}

/** The labels by which versions are found are those that the workload gives its pods. */
function checkVersionLabels(
  problems: Problems,
  path: string,
  at: string,
  { group, service, workload }: RunService,
): void {
  const { name } = workload;
  if (!service.versionLabels) {
    const [where, label] = service.versionLabel === undefined ? [path, group.versionLabel] : [at, service.versionLabel];
    if (workload.versionLabel === label) return;
    const got = `${quote(label)}, but workload ${name} has ${quote(workload.versionLabel)}`;
    problems.add(`${where}.versionLabel`, got, "the label of the workload's pods", "Write the same label in both.");
    return;
  }
  const args = workloadArgs(workload);
  for (const [version, own] of versionsOf(args)) {
    if (!service.versions.includes(version) || !Object.hasOwn(service.versionLabels, version)) continue;
    const pods = labelsOfPods(args, version, own);
    const labels = Object.entries(versionLabels(group, service, version)).filter(([key, value]) => pods[key] !== value);
    if (labels.length === 0) continue;
    const written = JSON.stringify(Object.fromEntries(labels));
    const got = `${written}, which pods of version ${version} of workload ${name} do not have: theirs are ${selectorText(pods)}`;
    const fix = `Add pod: { metadata: { labels: ${written} } } to version ${version} of the workload, or write labels that its pods have.`;
    problems.add(`${at}.versionLabels.${version}`, got, "labels of the workload's pods", fix);
  }
}

/** Further ports that the group declares are on the Service, and of the protocol that it tells Istio. */
function checkPorts(problems: Problems, at: string, service: LaneService, workload: WorkloadConfig): void {
  const has = [{ port: workload.port, name: workload.portName }, ...workload.ports];
  (service.ports ?? []).forEach(({ port, protocol }, index) => {
    const path = `${at}.ports[${index}]`;
    const own = has.find((each) => each.port === port);
    if (!own) {
      const expected = `a port of workload ${workload.name}: ${has.map((each) => each.port).join(", ")}`;
      problems.add(
        `${path}.port`,
        `got ${port}`,
        expected,
        `Add it to ports of workload ${workload.name}, or remove it.`,
      );
      return;
    }
    const { kind, name = "no protocol" } = istioProtocol(own);
    if ((kind === "http") === isRouted(protocol)) return;
    const got = `got ${quote(protocol)}, and port ${port} of workload ${workload.name} is named ${own.name}: ${name} for Istio`;
    const fix = isRouted(protocol)
      ? `Name the port with http, http2 or grpc in front, such as ${protocol}-${port}.`
      : `Write the protocol that is spoken, or rename the port, such as tcp-${port}.`;
    problems.add(`${path}.protocol`, got, "what the name of the port says", fix);
  });
}
