import { lookUps, type ResourceActions, resourceActions } from "./actions";

/** What whoever runs Pulumi is about to do. */
export const phases = ["up", "promote", "destroy"] as const;
export type Phase = (typeof phases)[number];

/** A policy of RAM. */
export interface RamPolicy {
  readonly Version: "1";
  readonly Statement: readonly {
    readonly Effect: "Allow";
    readonly Action: readonly string[];
    readonly Resource: string | readonly string[];
  }[];
}

type Operation = "create" | "read" | "change" | "remove";

/**
 * Operations of each phase. What is made is changed at once where a call of its own sets a field; what is deleted loses its
 * protection before, which is a change too. Lanes are objects of Kubernetes: a promotion touches nothing in the account.
 */
const operations: Readonly<Record<Phase, readonly Operation[]>> = {
  up: ["create", "read", "change"],
  promote: [],
  destroy: ["read", "change", "remove"],
};

const lookedUp: Readonly<Record<Phase, readonly string[]>> = {
  up: ["always", "new"],
  promote: ["always"],
  // One that was interrupted goes on without the mesh: the program then looks up the version of a new one.
  destroy: ["always", "new"],
};

/** Every action of a phase, of a stack that makes its cluster, mesh and load balancer. Sorted. */
export function actionsOf(phase: Phase): string[] {
  const made = Object.values(resourceActions).flatMap((resource) => [
    ...operations[phase].flatMap((operation) => resource[operation]),
    ...(phase === "up" ? asked(resource) : []),
  ]);
  const looked = Object.values(lookUps).flatMap(({ when, actions }) => (lookedUp[phase].includes(when) ? actions : []));
  return sorted([...made, ...looked]);
}

/** Every action of a stack on a cluster by `id`, with a mesh by kubeconfig and a load balancer of somebody else. Sorted. */
export function actionsOnExisting(): string[] {
  const looks = Object.entries(lookUps).filter(([token]) => token.startsWith("alicloud:cs/"));
  return sorted(looks.flatMap(([, { actions }]) => actions));
}

/** What may be done to roles and policies is for those of the stack alone. */
const ownRoles = ["acs:ram:*:*:role/mesh-lanes-*", "acs:ram:*:*:policy/mesh-lanes-*"];

export function ramPolicy(actions: readonly string[]): RamPolicy {
  const isRole = (action: string) => action.startsWith("ram:");
  const statement = (Action: readonly string[], Resource: string | readonly string[]) =>
    Action.length === 0 ? [] : [{ Effect: "Allow" as const, Action, Resource }];
  return {
    Version: "1",
    Statement: [
      ...statement(
        actions.filter((action) => !isRole(action)),
        "*",
      ),
      ...statement(actions.filter(isRole), ownRoles),
    ],
  };
}

function asked({ asked: more }: ResourceActions): readonly string[] {
  return more?.actions ?? [];
}

function sorted(actions: readonly string[]): string[] {
  return [...new Set(actions)].sort();
}
