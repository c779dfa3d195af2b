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

type Render = (group: LaneGroup) => readonly RenderedObject[];

/** What `LaneGroup` does for such changes, in its order: each step of all groups, then what is gone. */
export function inOrder(changes: readonly Change[], render: Render): Wave[] {
  const waves: { write: RenderedObject[]; delete: RenderedObject[] }[] = [];
  const waveAt = (index: number) => (waves[index] ??= { write: [], delete: [] });
  for (const change of changes) {
    const { now, gone } = objectsOf(change, render);
    const steps = changeSteps(
      change.after,
      change.before.lanes.map(({ name }) => name),
    );
    for (const [at, step] of steps.entries()) waveAt(at).write.push(...now.filter(({ stage }) => step.includes(stage)));
    for (const [at, stages] of deletions.entries())
      waveAt(steps.length + at).delete.push(...gone.filter(({ stage }) => stages.includes(stage)));
  }
  return waves;
}

/** The same the other way round: deletions first, subsets before routes; then the entry's routes first and subsets last. */
export function reversed(changes: readonly Change[], render: Render): Wave[] {
  return inOrder(changes, render).reverse();
}

/** As `lanes render | kubectl apply -f -` would: all objects in the order in which they are rendered, then what is gone likewise. */
export function atOnce(changes: readonly Change[], render: Render): Wave[] {
  const all = changes.map((change) => objectsOf(change, render));
  return [
    { write: all.flatMap(({ now }) => now), delete: [] },
    { write: [], delete: all.flatMap(({ gone }) => gone) },
  ];
}

function objectsOf({ before, after }: Change, render: Render) {
  const [old, now] = [render(before), render(after)];
  return { now, gone: old.filter((object) => !now.some((other) => keyOf(other) === keyOf(object))) };
}

function keyOf({ kind, metadata }: RenderedObject): string {
  return `${kind} ${"namespace" in metadata ? metadata.namespace : ""}/${metadata.name}`;
}
