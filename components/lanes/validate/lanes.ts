import { declares, planLaneGroup } from "../plan";
import { isDraining, type Lane, type LaneGroup, reject } from "../spec";
import { didYouMean } from "../suggest";
import { type Problems, quote } from "./problems";

/** Names, versions and weights of lanes, the baseline, and holes. */
export function validateLanes(problems: Problems, at: string, group: LaneGroup): void {
  const laneNames = group.lanes.map((lane) => lane.name);
  problems.duplicates(laneNames, (index) => `${at}.lanes[${index}].name`, "lane");
  group.lanes.forEach((lane, index) => {
    const path = `${at}.lanes[${index}]`;
    problems.dnsLabel(`${path}.name`, lane.name);
    if (lane.name === reject) {
      problems.add(
        `${path}.name`,
        `got "reject"`,
        "any other name",
        "Rename it: entry.unmatched gives reject a meaning.",
      );
    }
    validateVersions(problems, path, group, index);
    if (isDraining(lane)) validateDraining(problems, path, group, lane);
  });
  if (group.baseline !== undefined) problems.known(`${at}.baseline`, group.baseline, "lane", laneNames);
  validateWeights(problems, at, group);
  validateHoles(problems, at, group);
}

/** Nobody new may be sent into a lane that drains, not by default either. */
function validateDraining(problems: Problems, path: string, { baseline, entry }: LaneGroup, lane: Lane): void {
  const { name, weight = 0 } = lane;
  const expected = "a lane that takes nobody new: not the baseline, not entry.unmatched, without a share";
  const add = (key: string, got: string, fix: string) => problems.add(`${path}.${key}`, got, expected, fix);
  if (name === baseline) add("state", `${name} drains and is the baseline`, "Make another lane the baseline first.");
  else if (name === entry.unmatched) {
    add("state", `${name} drains and is entry.unmatched`, "Name another lane as entry.unmatched first.");
  }
  if (weight > 0)
    add("weight", `${name} drains and has weight ${weight}`, "Write weight: 0, and give another lane more.");
}

function validateVersions(problems: Problems, path: string, group: LaneGroup, index: number): void {
  const lane = group.lanes[index];
  if (!lane) return;
  const serviceNames = group.services.map((service) => service.name);
  const inLane = group.services.filter((service) => lane.services?.includes(service.name) ?? true);
  lane.services?.forEach((name, at) => {
    problems.known(`${path}.services[${at}]`, name, "service", serviceNames);
  });
  problems.duplicates(lane.services ?? [], (at) => `${path}.services[${at}]`, "service");
  for (const [name, version] of Object.entries(lane.versions)) {
    const at = `${path}.versions.${name}`;
    if (!problems.known(at, name, "service", serviceNames)) continue;
    const service = inLane.find((candidate) => candidate.name === name);
    if (service) problems.known(at, version, `version of ${name}`, service.versions);
    else problems.add(at, `${name} is not among the lane's services`, "a service of this lane", "Add it to services.");
  }
  const byDefault = inLane.filter((service) => !Object.hasOwn(lane.versions, service.name));
  if (byDefault.length === 0) return;
  if (!byDefault.some((service) => declares(service, lane.version))) {
    const declared = [...new Set(byDefault.flatMap((service) => service.versions))];
    const fix = didYouMean(lane.version, declared, "Declare the version on a service, or give the lane another.");
    problems.add(`${path}.version`, `no service has version ${quote(lane.version)}`, declared.join(", "), fix);
    return;
  }
  // A service that is named has been asked for; a fallback in its place would hide the slip.
  for (const [at, name] of (lane.services ?? []).entries()) {
    const service = byDefault.find((candidate) => candidate.name === name);
    if (!service || service.versions.includes(lane.version)) continue;
    const got = `${name} has no version ${quote(lane.version)}`;
    const fix = `Declare it, remove ${name} here, or name a version under versions.`;
    problems.add(`${path}.services[${at}]`, got, `a service with version ${lane.version}`, fix);
  }
}

function validateWeights(problems: Problems, at: string, group: LaneGroup): void {
  const weighted = group.lanes.filter((lane) => lane.weight !== undefined);
  if (weighted.length === 0) return;
  let whole = true;
  group.lanes.forEach((lane, index) => {
    const { weight } = lane;
    if (weight === undefined || (Number.isInteger(weight) && weight >= 0 && weight <= 100)) return;
    whole = false;
    problems.add(
      `${at}.lanes[${index}].weight`,
      `got ${weight}`,
      "a whole number, 0 to 100",
      "Write a whole number from 0 to 100.",
    );
  });
  const sum = weighted.reduce((total, lane) => total + (lane.weight ?? 0), 0);
  if (!whole || sum === 100) return;
  const terms = weighted.map((lane) => `${lane.name} ${lane.weight}`).join(" + ");
  const fix = sum < 100 ? `Add ${100 - sum} to a lane.` : `Take ${sum - 100} from a lane.`;
  problems.add(`${at}.lanes`, `weights add up to ${sum}: ${terms}`, "weights that add up to 100", fix);
}

function validateHoles(problems: Problems, at: string, group: LaneGroup): void {
  for (const row of planLaneGroup(group).rows) {
    if (row.reason !== "missing") continue;
    const index = group.lanes.findIndex((lane) => lane.name === row.lane);
    const path = `${at}.lanes[${index}]`;
    // A version named for this very service is wrong by itself, and has been reported.
    if (Object.hasOwn(group.lanes[index]?.versions ?? {}, row.service)) continue;
    if (group.mode === "strict") {
      const got = `strict lane ${row.lane} has no version of ${row.service}`;
      const fix = `Give ${row.service} the version (versions: { ${row.service}: … } if it differs), or use mode permissive.`;
      problems.add(path, got, "a version of every service", fix);
    } else if (row.lane === group.baseline) {
      const got = `baseline ${row.lane} has no version of ${row.service}`;
      problems.add(
        path,
        got,
        "a baseline with every service",
        `Give ${row.service} a version that the baseline names.`,
      );
    }
  }
}
