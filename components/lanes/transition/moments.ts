import type { Stage } from "../object";

/** Which of the two configs the proxies have of some objects; while they are written, either, each for itself. */
export type Phase = "old" | "either" | "new";

/** The mesh while one step of an update is written. */
export interface Moment {
  readonly words: string;
  readonly subsets: Phase;
  readonly services: Phase;
  readonly entry: Phase;
  /** What only the config before has: there, being deleted, or gone. */
  readonly leftRoutes: Phase;
  readonly leftSubsets: Phase;
}

const words: Partial<Record<Stage, string>> = {
  subsets: "subsets",
  "service-routes": "the services' routes",
  "entry-routes": "the entry's routes",
};

/**
 * Every state that an update passes through: what steps before have written is new, what a step writes is old or new at each
 * proxy, what steps behind write is old. Deletions come last, of routes before those of the subsets that they name. Between two
 * steps the proxies are waited for, so there is no other state.
 */
export function momentsOf(steps: readonly (readonly Stage[])[]): Moment[] {
  const phase = (stage: Stage, at: number): Phase => {
    const own = steps.findIndex((step) => step.includes(stage));
    return own < at ? "new" : own === at ? "either" : "old";
  };
  const left = { leftRoutes: "old", leftSubsets: "old" } as const;
  const written = steps.map((step, at) => ({
    words: `while ${step.flatMap((stage) => words[stage] ?? []).join(" and ")} change`,
    subsets: phase("subsets", at),
    services: phase("service-routes", at),
    entry: phase("entry-routes", at),
    ...left,
  }));
  const done = { subsets: "new", services: "new", entry: "new" } as const;
  return [
    ...written,
    { words: "while routes are deleted", ...done, leftRoutes: "either", leftSubsets: "old" },
    { words: "while subsets and pods are deleted", ...done, leftRoutes: "new", leftSubsets: "either" },
  ];
}

/** The mesh before an update, and after it. */
export const before: Moment = {
  ...{ words: "before", subsets: "old", services: "old", entry: "old", leftRoutes: "old", leftSubsets: "old" },
};
export const after: Moment = {
  ...{ words: "after", subsets: "new", services: "new", entry: "new", leftRoutes: "new", leftSubsets: "new" },
};
