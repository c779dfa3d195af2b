import { entryServices, reachedFrom } from "../../entries/parts";
import { ownVersion } from "../../plan";
import type { EntryRule } from "../../rule-shape";
import { entryRules } from "../../rules";
import { isDraining, type LaneGroup, type LaneService } from "../../spec";
import type { Problems } from "../../validate/problems";
import type { Mirror } from "./shape";

/** Copies that would reach nobody, or harm somebody. */
export function validateMirrors(problems: Problems, at: string, group: LaneGroup): void {
  group.services.forEach((service, index) => {
    const { mirror } = service.policy ?? {};
    if (mirror) validateMirror(problems, `${at}.services[${index}].policy.mirror`, group, mirror, [service]);
  });
  const { mirror } = group.entry.policy ?? {};
  if (!mirror) return;
  const path = `${at}.entry.policy.mirror`;
  validateMirror(problems, path, group, mirror, entryServices(group));
  validateEntryRules(problems, path, group);
}

function validateMirror(
  problems: Problems,
  path: string,
  group: LaneGroup,
  mirror: Mirror,
  services: readonly LaneService[],
): void {
  const { baseline, lanes } = group;
  if (baseline === undefined) {
    const fix = "Name a baseline, or remove mirror.";
    problems.add(path, "no baseline, whose requests could be copied", "a group with a baseline", fix);
    return;
  }
  const known = problems.known(
    `${path}.lane`,
    mirror.lane,
    "lane",
    lanes.map(({ name }) => name),
  );
  const lane = known && lanes.find(({ name }) => name === mirror.lane);
  if (!lane) return;
  const fix = "Name another lane, or remove mirror.";
  const expected = "another lane than the baseline, with a version of its own, that does not drain";
  if (lane.name === baseline) {
    problems.add(`${path}.lane`, `${lane.name} is the baseline, whose requests are copied`, expected, fix);
    return;
  }
  if (isDraining(lane)) problems.add(`${path}.lane`, `${lane.name} drains: it takes nobody new`, expected, fix);
  const base = lanes.find(({ name }) => name === baseline);
  for (const service of services) {
    const own = ownVersion(lane, service);
    if (own !== undefined && own !== (base && ownVersion(base, service))) continue;
    const what = own === undefined ? "no version" : "the baseline's version";
    problems.add(`${path}.lane`, `lane ${lane.name} has ${what} of ${service.name}`, expected, fix);
  }
  if (!mirror.writes) validateWrites(problems, path, group, services);
}

/** The pod that gets a copy calls on, as it does for any request. */
function validateWrites(problems: Problems, path: string, group: LaneGroup, services: readonly LaneService[]): void {
  const reached = new Set(services.flatMap(({ name }) => [...reachedFrom(group, name)]));
  const writing = group.services.filter(({ name, writes }) => writes && reached.has(name)).map(({ name }) => name);
  if (writing.length === 0) return;
  const got = `copies would reach ${writing.join(", ")}, which ${writing.length === 1 ? "writes" : "write"}: twice for one request`;
  const fix = "Copy requests behind them only, or write writes: true where doing it twice is no harm.";
  problems.add(path, got, "services that do not write", fix);
}

/** Of a route that weights share out, requests of other lanes would be copied as well. */
function validateEntryRules(problems: Problems, path: string, group: LaneGroup): void {
  const toBaseline = ({ outcomes }: EntryRule) => outcomes.some(({ lane }) => lane === group.baseline);
  const rules = entryRules(group).filter(toBaseline);
  if (rules.length > 0 && rules.every(({ outcomes }) => outcomes.length === 1)) return;
  const got =
    rules.length === 0
      ? `no route of the gateway leads to the baseline ${group.baseline}`
      : `weights give requests to ${group.baseline} and other lanes by one route`;
  const fix = "Give all of the weight to the baseline while requests are copied, or put mirror on the service.";
  problems.add(path, got, "routes that lead to the baseline alone", fix);
}
