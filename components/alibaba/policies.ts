import { lookUps, type ResourceActions, resourceActions } from "./actions";
import recorded from "./recorded-calls.json";

/**
 * What whoever runs Pulumi is about to do: make everything, change anything of it in place, put other nodes in the place of those that
 * are there, shift lanes, destroy it, or have lanes on a cluster, a mesh and a load balancer of others.
 */
export const phases = ["first", "change", "replace", "promote", "destroy", "existing"] as const;
export type Phase = (typeof phases)[number];

/**
 * What the code of the provider, and this project's own, called in each phase of production and staging while
 * test/e2e/alibaba/account.test.ts ran, against a stand-in for the account. That test compares, and can write the file (test/cloud/README.md).
 */
export const recordedCalls: Readonly<Record<Phase, readonly string[]>> = recorded;

/** A policy of RAM. */
export interface RamPolicy {
  readonly Version: "1";
  readonly Statement: readonly {
    readonly Effect: "Allow";
    readonly Action: readonly string[];
    readonly Resource: string | readonly string[];
  }[];
}

/** Every action of a phase. Sorted. */
export function actionsOf(phase: Phase): string[] {
  const called = recordedCalls[phase];
  switch (phase) {
    case "first":
      return sorted([...called, ...asked]);
    // Of the actions that are only asked for, a new node pool needs those of its role.
    case "replace":
      return sorted([...called, ...(pool?.asked?.actions ?? [])]);
    // No run has made every change that a config can ask for: the rest is from the provider's source.
    case "change":
      return sorted([...called, ...made, ...asked, ...lookedUp("always", "new")]);
    // A policy that was changed has versions, which are deleted first; no run has that. And one that was interrupted goes on without
    // the mesh: the program then looks up the version of a new one.
    case "destroy":
      return sorted([...called, ...removed, ...lookedUp("new")]);
    // Lanes are objects of Kubernetes: a promotion touches nothing in the account. What is of others is looked at.
    case "promote":
    case "existing":
      return sorted(called);
    default:
      return phase satisfies never;
  }
}

/** What is called to make things and to change them. What is made is changed at once where a call of its own sets a field. */
const made = Object.values(resourceActions).flatMap(({ create, read, change }) => [...create, ...read, ...change]);

const pool = resourceActions["alicloud:cs/nodePool:NodePool"];

const removed = Object.values(resourceActions).flatMap(({ remove }) => remove);

const asked = Object.values(resourceActions).flatMap(({ asked: more }: ResourceActions) => more?.actions ?? []);

function lookedUp(...when: readonly string[]): string[] {
  return Object.values(lookUps).flatMap((each) => (when.includes(each.when) ? each.actions : []));
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

function sorted(actions: readonly string[]): string[] {
  return [...new Set(actions)].sort();
}
