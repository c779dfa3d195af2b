import { valuePair } from "../../../../tools/value-pair";
import { type Change, type Risk, risks } from "../report";
import { changedGroups, type DiffSide } from "../sides";
import { isDescribed } from "./described";
import { type Difference, differences, pathWords } from "./differences";
import { objectChanges } from "./objects";
import { settingRisk } from "./risk";
import { isSectionDescribed } from "./sections";

/** So many settings of a group, or of all else, are told each by itself; the rest is counted. */
const mostTold = 40;
/** Characters of a value. */
const longest = 120;
/** Stands for a value that nobody is to see. */
const hidden = "[secret]";

/**
 * What two configs have otherwise and no other change tells, by its path. Whatever key it is: a diff never says that nothing changes
 * while something does.
 *
 * @param others the other changes.
 */
export function settingChanges(before: DiffSide, after: DiffSide, others: readonly Change[]): Change[] {
  const ofGroups = changedGroups(before, after).flatMap((pair) => {
    const { name } = pair.after;
    const own = differences(pair.before, pair.after).filter((each) => !isDescribed(each, pair, others));
    const settings = own.map((each) => settingOf({ ...each, path: ["laneGroups", name, ...each.path] }));
    return bounded(name, settings);
  });
  const sections = differences(before.settings ?? {}, after.settings ?? {});
  const ofStack = [
    ...groupOrder(before, after).map(settingOf),
    ...sections.filter((each) => !isSectionDescribed(each, others, sections)).map(settingOf),
    ...secretSettings(before, after),
  ];
  const found = [...ofGroups, ...bounded(null, ofStack)];
  return found.length + others.length > 0 ? found : objectChanges(before, after);
}

interface Setting {
  readonly risk: Risk;
  readonly text: string;
  readonly setting: NonNullable<Change["setting"]>;
}

function settingOf({ path, before, after }: Pick<Difference, "path" | "before" | "after">): Setting {
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  const [old, now] = valuePair(json(before), json(after), longest);
  const words = pathWords(path);
  const text = `${words}: ${old ?? "none"} -> ${now ?? "none"}`;
  return { risk: settingRisk(path), text, setting: { path: words, before: old, after: now } };
}

/** Groups of one host are tried in their order. */
function groupOrder(before: DiffSide, after: DiffSide): Pick<Difference, "path" | "before" | "after">[] {
  const [old, now] = [before, after].map(({ groups }) => groups.map(({ name }) => name));
  const order = (names: readonly string[] = [], others: readonly string[] = []) =>
    names.filter((name) => others.includes(name));
  const [was, is] = [order(old, now), order(now, old)];
  return was.join() === is.join() ? [] : [{ path: ["laneGroups"], before: was, after: is }];
}

/** A value that is encrypted again has another text, whatever it is. One of a workload that comes or goes is a setting of that. */
function secretSettings({ secrets: old }: DiffSide, { secrets: now }: DiffSide): Setting[] {
  if (!old || !now) return [];
  const paths = [...new Set([...Object.keys(now), ...Object.keys(old)])];
  return paths.flatMap((path): Setting[] => {
    const [was, is] = [old[path], now[path]];
    if (was === is) return [];
    const both = was !== undefined && is !== undefined;
    if (!both && path.startsWith("workloads.")) return [];
    const [before, after] = [was === undefined ? null : hidden, is === undefined ? null : hidden];
    const text = both
      ? `${path}: encrypted again, so it may be another value`
      : `${path}: ${before ?? "none"} -> ${after ?? "none"}`;
    return [{ risk: "care", text, setting: { path, before, after } }];
  });
}

function bounded(group: string | null, settings: readonly Setting[]): Change[] {
  const sorted = [...settings].sort((a, b) => risks.indexOf(a.risk) - risks.indexOf(b.risk));
  const told = sorted.slice(0, mostTold).map(({ risk, text, setting }): Change => {
    return { kind: "other-settings", risk, group, text, move: null, setting };
  });
  const left = sorted.slice(mostTold);
  const [worst] = left;
  if (!worst) return told;
  const text = `${left.length} more ${left.length === 1 ? "setting differs" : "settings differ"}: see the files`;
  return [...told, { kind: "other-settings", risk: worst.risk, group, text, move: null }];
}
