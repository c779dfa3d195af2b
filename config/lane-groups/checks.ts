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
import { withoutUnknownKeys } from "../../components/lanes/zod-problems";
import type { Problem } from "../../tools/user-error";
import { isRecord } from "../../tools/values";
import { checkEntryHosts } from "../gateway/entry-hosts";
import { gatewayName } from "../gateway/gateway";
import type { Sections } from "../stack";
import type { Written } from "../values";
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
