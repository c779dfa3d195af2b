import { list } from "../advice/list";
import type { Findings } from "../finding";
import type { KubeService } from "../inventory";
import type { ProposalContext } from "../proposal";
import { advisePolicies } from "./policies";

/** Ways in that the proposal does not have, or not as they are. */
export function adviseEntries(findings: Findings, context: ProposalContext): void {
  const { entries, entry, selected, group, entered } = context;
  for (const { found, why } of entered.dropped)
    findings.add(
      "left out",
      found.where,
      `${found.service ? `it leads to ${found.service.name}` : "it leads nowhere that lanes know"}, and ${why}`,
      "what a route of the entry can say",
      `Add it to entry.routes by hand, if it can be said otherwise (docs/entries.md); else such requests go to ${entry.candidate.service.name} by the lanes' gateway.`,
    );
  const inLanes = (service: KubeService) => selected.aliases.get(service) ?? service;
  const seen = new Set(entered.looked.map(({ object }) => `VirtualService ${object.namespace}/${object.name}`));
  const others = entries.filter(
    ({ object, service }) =>
      !seen.has(object) &&
      inLanes(service) !== entry.candidate.service &&
      selected.candidates.some((each) => each.service === inLanes(service)),
  );
  if (others.length > 0) {
    const names = list(
      others.map(({ service, paths }) => `${service.name}${paths[0] ? ` (${Object.values(paths[0]).join()})` : ""}`),
    );
    findings.add(
      "left out",
      "entries",
      `requests come in at ${names} too, by other gateways or without one`,
      "routes of the VirtualServices that lead to the entry's service through its gateway",
      "Add them to entry.routes by hand (docs/entries.md); else such requests are in no lane, and calls behind their first service take the baseline.",
    );
  }
  const paths = entry.entry?.paths ?? [];
  if (paths.length > 1)
    findings.add(
      "left out",
      "entry.path",
      `${entry.entry?.object} has ${paths.length} paths for ${entry.candidate.service.name}`,
      "one path, or none",
      "The proposal takes every path that no route of the entry has; write one, or entry.rest: reject with entry.routes, if others are not to be reached through the lanes' gateway.",
    );
  advisePolicies(findings, group, entered.taken);
  if (entry.entry && entry.entry.kind !== "VirtualService") return;
  if (entry.entry && !entry.entry.gateways?.includes(group.entry.gateway))
    findings.add(
      "note",
      entry.entry.object,
      "it stays, and requests through its gateway are in no lane: calls behind its first service take the baseline",
      "requests of lanes through the gateway of the proposal",
      "Send a host or a test client to the new gateway first; move the rest when the lanes are proven.",
    );
}
