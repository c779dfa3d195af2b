import { texts } from "../../../tools/values";
import { resolveHost } from "../hosts";
import { serviceHost } from "../object";
import { versionOf } from "../plan";
import { lanePorts } from "../ports";
import type { LaneService } from "../spec";
import { subsetName } from "../subset";
import { unversionedDestinations } from "../unversioned";
import type { IstioFact } from "./facts";
import { type Finding, listed } from "./finding";
import { isPlanned, reaches } from "./others";
import type { GroupView } from "./view";

/**
 * Routes of others that lead to a service of the group and name no subset. As long as it has one version nobody notices; with a
 * second one their requests, which are in no lane, meet both.
 */
export function checkUnversioned(view: GroupView): Finding[] {
  return view.facts.istio.flatMap((other) => {
    if (other.kind !== "VirtualService" || isPlanned(view, other)) return [];
    return view.group.services
      .filter((service) => service.versions.length > 1 && leadsTo(view, other, service))
      .map((service) => finding(view, other, service));
  });
}

function leadsTo(view: GroupView, { namespace, spec }: IstioFact, service: LaneService): boolean {
  const host = serviceHost(service, view.group);
  const resolved = (name: string) => resolveHost(name, { ...view.group, namespace }) === host;
  // Calls of the service itself are those of ML042.
  const ofGateways = texts(spec.gateways).some((gateway) => gateway !== "mesh");
  if (!ofGateways && (!reaches(view, { namespace, spec }) || texts(spec.hosts).some(resolved))) return false;
  const ports = lanePorts(service);
  return unversionedDestinations(spec).some(
    (destination) => resolved(destination.host) && (destination.port === undefined || ports.includes(destination.port)),
  );
}

function finding(view: GroupView, { namespace, name }: IstioFact, service: LaneService): Finding {
  const { group } = view;
  const { versions } = service;
  const kept = versionOf(group, group.baseline ?? group.entry.unmatched, service.name) ?? versions[0];
  return {
    code: "ML046",
    severity: "warning",
    group: group.name,
    service: service.name,
    lanes: [],
    cause: `VirtualService ${namespace}/${name} leads to ${service.name} and names no subset: its requests, which are in no lane, meet ${listed(versions)}.`,
    fix: `Add \`subset: ${subsetName(kept ?? "")}\` beside \`host\` in that destination.`,
  };
}
