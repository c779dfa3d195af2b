import Table from "cli-table3";
import { catalogue } from "../../components/lanes/health/catalogue";
import type { MeshFacts } from "../../components/lanes/health/facts";
import type { Finding } from "../../components/lanes/health/finding";
import { proxiesByRevision } from "../../components/lanes/health/proxy-revisions";
import type { GroupStatus, StatusCell } from "../../components/lanes/health/summary";

/**
 * A table for each group, then the findings, worst first, then one closing line.
 *
 * @param facts which control plane the pods' proxies are of; told where there are several.
 */
export function statusReport(
  groups: readonly GroupStatus[],
  findings: readonly Finding[],
  facts?: Pick<MeshFacts, "pods" | "revisions">,
): string {
  const planes = Object.entries(facts ? proxiesByRevision(facts) : {}).map(([revision, count]) => {
    const tags = Object.entries(facts?.revisions.tags ?? {}).flatMap(([tag, of]) => (of === revision ? [tag] : []));
    const tagged = tags.length === 0 ? "" : ` (tag ${tags.join(", ")})`;
    return `${revision}${tagged} with ${count} ${count === 1 ? "proxy" : "proxies"}`;
  });
  const several = planes.length > 1 ? [`control planes: ${planes.join(", ")}`] : [];
  return [...groups.map(groupTable), ...findings.map(findingText), ...several, closing(groups, findings)].join("\n\n");
}

function groupTable({ group, mode, lanes }: GroupStatus): string {
  const services = [...new Set(lanes.flatMap(({ cells }) => cells.map((cell) => cell.service)))];
  const table = new Table({ head: ["lane", ...services, "state"], style: { head: [], border: [] } });
  for (const { lane, cells, state, drains } of lanes) {
    const texts = services.map((service) => {
      const cell = cells.find((candidate) => candidate.service === service);
      return cell ? cellText(cell) : "";
    });
    table.push([drains ? `${lane} (drains)` : lane, ...texts, state]);
  }
  return `group ${group}, ${mode}: version, ready/wanted pods, state\n${table}`;
}

function cellText({ version, ready, wanted, state }: StatusCell): string {
  return version === null ? `none ${state}` : `${version} ${ready}/${wanted} ${state}`;
}

function findingText({ code, severity, group, lanes, service, cause, fix }: Finding): string {
  const where = [
    ...(group === undefined ? ["the mesh"] : [`group ${group}`]),
    ...(lanes.length > 0 ? [`lane ${lanes.join(", ")}`] : []),
    ...(service === undefined ? [] : [service]),
  ].join(", ");
  return `${severity} ${code} ${catalogue[code].title}: ${where}\n  ${cause}\n  fix: ${fix}`;
}

function closing(groups: readonly GroupStatus[], findings: readonly Finding[]): string {
  const lanes = groups.flatMap((group) => group.lanes);
  const count = (state: string) => lanes.filter((lane) => lane.state === state).length;
  const found = findings.length === 0 ? "nothing to fix" : `findings: ${findings.length}`;
  return `lanes: ${count("ok")} ok, ${count("fallback")} in fallback, ${count("broken")} broken; ${found}`;
}
