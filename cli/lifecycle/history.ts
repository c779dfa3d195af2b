import execa from "execa";
import type { ConfigFile } from "../../config/edit/files";
import { refuse, type Subject } from "../../config/lifecycle/subject";
import { configNamespace } from "../../config/stack";
import { readYaml } from "../../config/yaml";
import { asRecord, records, type UnknownRecord } from "../../tools/values";

/** So far back is looked. */
const mostCommits = 200;

/**
 * The lane that everybody got before the one of now, by the commits of the files.
 *
 * @throws UserError when none tells.
 */
export async function laneBefore(subject: Subject, files: readonly ConfigFile[], folder: string): Promise<string> {
  const { group } = subject;
  const now = takerOf(subject.written);
  const names = files.map(({ name }) => name);
  const git = (...args: string[]) => execa("git", args, { cwd: folder, reject: false, stripFinalNewline: false });
  const log = await git("log", `--max-count=${mostCommits}`, "--format=%H", "--", ...names).catch(() => undefined);
  for (const commit of log?.exitCode === 0 ? log.stdout.split("\n").filter((line) => line !== "") : []) {
    for (const name of names) {
      const { exitCode, stdout } = await git("show", `${commit}:./${name}`);
      const before = exitCode === 0 ? takerIn(stdout, group.name) : undefined;
      if (before === undefined || before === now) continue;
      if (group.lanes.some((lane) => lane.name === before)) return before;
      refuse(
        "there is no lane to roll back to",
        `${before}, what everybody got before ${now}, is retired`,
        "a lane of the group",
        `Add it first: \`lanes add ${before}\`.`,
      );
    }
  }
  const others = group.lanes.map((lane) => lane.name).filter((lane) => lane !== now);
  if (others.length === 0) {
    refuse(
      "there is no lane to roll back to",
      `${now} is the only lane`,
      "another lane of the group",
      "Add one: `lanes add`.",
    );
  }
  const got = `no commit of ${names.join(", ")} has another lane in the place of ${now}`;
  refuse("there is no lane to roll back to", got, others.join(", "), `Name it: \`--to ${others[0]}\`.`, "--to");
}

function takerIn(text: string, group: string): string | undefined {
  try {
    const document = asRecord(readYaml(text).document);
    const groups = [
      ...records(document.laneGroups),
      ...records(asRecord(document.config)[`${configNamespace}:laneGroups`]),
    ];
    const found = groups.find(({ name }) => name === group);
    return found && takerOf(found);
  } catch {
    // A commit may hold anything; the next one may be of use.
    return undefined;
  }
}

/** What requests get that name no lane: the baseline, else entry.unmatched, else the lane with the most weight. */
function takerOf(group: UnknownRecord): string | undefined {
  const { unmatched } = asRecord(group.entry);
  const [most] = records(group.lanes).sort((a, b) => Number(b.weight ?? 0) - Number(a.weight ?? 0));
  const taker = [group.baseline, unmatched === "reject" ? undefined : unmatched, most?.name].find(
    (each) => typeof each === "string",
  );
  return typeof taker === "string" ? taker : undefined;
}
