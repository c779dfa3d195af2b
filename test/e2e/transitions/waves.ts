import { changeSteps } from "../../../components/lanes/change-steps";
import type { RenderedObject, Stage } from "../../../components/lanes/object";
import type { LaneGroup } from "../../../components/lanes/spec";
import type { Change } from "../../../components/lanes/transition/change";

/** Objects that are written, or deleted, at one time. */
export interface Wave {
  readonly write: readonly RenderedObject[];
  readonly delete: readonly RenderedObject[];
}

/** Routes go before the subsets that they name. */
const deletions: readonly (readonly Stage[])[] = [
  ["entry-routes", "service-routes"],
  ["subsets", "filters"],
];

/** What `LaneGroup` does for such changes, in its order: each step of all groups, then what is gone. */
export function inOrder(changes: readonly Change[], render: (group: LaneGroup) => readonly RenderedObject[]): Wave[] {
  const waves: { write: RenderedObject[]; delete: RenderedObject[] }[] = [];
  const waveAt = (index: number) => (waves[index] ??= { write: [], delete: [] });
  for (const { before, after } of changes) {
    const [old, now] = [render(before), render(after)];
    const steps = changeSteps(
      after,
      before.lanes.map(({ name }) => name),
    );
    const gone = old.filter((object) => !now.some((other) => keyOf(other) === keyOf(object)));
    for (const [at, step] of steps.entries()) waveAt(at).write.push(...now.filter(({ stage }) => step.includes(stage)));
    for (const [at, stages] of deletions.entries())
      waveAt(steps.length + at).delete.push(...gone.filter(({ stage }) => stages.includes(stage)));
  }
  return waves;
}

/** The same the other way round: deletions first, subsets before routes; then the entry's routes first and subsets last. */
export function reversed(waves: readonly Wave[]): Wave[] {
  return [...waves].reverse();
}

/** All in one: as by `kubectl apply` of everything, and what is gone pruned right after it. */
export function atOnce(waves: readonly Wave[]): Wave[] {
  return [
    { write: waves.flatMap(({ write }) => write), delete: [] },
    { write: [], delete: waves.flatMap((wave) => wave.delete) },
  ];
}

function keyOf({ kind, metadata }: RenderedObject): string {
  return `${kind} ${"namespace" in metadata ? metadata.namespace : ""}/${metadata.name}`;
}
