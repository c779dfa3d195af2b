/** Who gets which lane of a group. */
interface Given {
  /** Lanes that take requests which name them. All other requests are shared by weight. */
  readonly taking: readonly string[];
  /** Lanes with a weight above 0. */
  readonly weighted: readonly string[];
}

/** Some time in which one of two may hold. */
export interface Meanwhile {
  readonly title: string;
  readonly before: Given;
  readonly after: Given;
}

/** One command, and the update that follows it. Its title tells it from all other steps of the way there and back. */
export interface LifeStep extends Meanwhile {
  /** Of `lanes`, without `--group`. */
  readonly command: readonly string[];
}

/** Lanes of the group whose baseline one takes over from the other. */
export interface Lanes {
  readonly comes: string;
  /** The baseline, which is retired in the end. */
  readonly goes: string;
  /** Beside them from start to end. */
  readonly lasts: string;
}

/**
 * The whole life of a lane, until the one that it replaces is retired. With the two changed over it leads back to where it began.
 *
 * @example lifeOf({ comes: "v2", goes: "v1", lasts: "v3" }).map(({ title }) => title) // add v2, shift v2=0, shift v2=1, ...
 */
export function lifeOf({ comes, goes, lasts }: Lanes): LifeStep[] {
  const all = [goes, comes, lasts];
  const changes: readonly (Given & Pick<LifeStep, "title" | "command">)[] = [
    { title: `add ${comes}`, command: ["add", comes, "--from", goes], taking: all, weighted: [goes] },
    ...[0, 1, 10, 50, 100].map((weight) => ({
      title: `shift ${comes}=${weight}`,
      command: ["shift", `${comes}=${weight}`],
      taking: all,
      weighted: [...(weight < 100 ? [goes] : []), ...(weight > 0 ? [comes] : [])],
    })),
    { title: `promote ${comes}`, command: ["promote", comes], taking: all, weighted: [comes] },
    { title: `roll back to ${goes}`, command: ["rollback", "--to", goes], taking: all, weighted: [goes] },
    { title: `promote ${comes} again`, command: ["promote", comes], taking: all, weighted: [comes] },
    { title: `drain ${goes}`, command: ["drain", goes], taking: [comes, lasts], weighted: [comes] },
    { title: `retire ${goes}`, command: ["retire", goes, "--wait", "60"], taking: [comes, lasts], weighted: [comes] },
  ];
  let before: Given = { taking: [goes, lasts], weighted: [goes] };
  return changes.map(({ title, command, ...after }) => {
    const step = { title, command, before, after };
    before = after;
    return step;
  });
}

/** The lanes that a request may meet meanwhile, in order. @param named the lane that it names, if any. */
export function lanesMet({ before, after }: Pick<Meanwhile, "before" | "after">, named: string | undefined): string[] {
  const met = [before, after].flatMap(({ taking, weighted }) =>
    named !== undefined && taking.includes(named) ? [named] : weighted,
  );
  return [...new Set(met)].sort();
}

/**
 * The same life of a lane that is taken back in the end, so that the baseline and the sockets in it stay: what is done beside each step
 * of `lifeOf`. @returns a command of `lanes`, without `--group`; undefined: nothing.
 */
export function takenBack(step: LifeStep, lane: string, baseline: string): readonly string[] | undefined {
  const [name = "", ...rest] = step.command;
  switch (name) {
    case "add":
      return [name, lane, "--from", baseline];
    case "shift":
      return [name, rest.join().replace(/^.*=/, `${lane}=`)];
    case "promote":
      return step.title.endsWith("again") ? undefined : [name, lane];
    case "rollback":
      return [name, "--to", baseline];
    default:
      return [name, lane, ...rest.slice(1)];
  }
}
