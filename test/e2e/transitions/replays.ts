import { isDeepStrictEqual } from "node:util";
import { changeSteps } from "../../../components/lanes/change-steps";
import { unsafeOrder } from "../../../components/lanes/diff/order";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../components/lanes/spec";
import type { Change } from "../../../components/lanes/transition/change";
import { transitionFaults } from "../../../components/lanes/transition/check";
import { validateLaneGroups } from "../../../components/lanes/validate";
import { randomPairs } from "../../unit/components/lanes/diff/pairs";
import { namespaceBeside } from "../scenarios/truth/groups";
import { asInput } from "./as-input";
import { moves, requestsOf, type SentRequest } from "./chains";

/** A change of one lane group that is safe in one update, and what is sent while it is made. */
export interface Replay {
  readonly change: Change;
  /** The same two groups as a stack's config has them. */
  readonly inputs: { readonly before: LaneGroupInput; readonly after: LaneGroupInput };
  readonly requests: readonly SentRequest[];
  /** Whether a request fails or meets two chains, by the checker, when the steps come in the reverse order. */
  readonly needsOrder: boolean;
}

export interface Placement {
  readonly namespace: string;
  /** `namespace/name` */
  readonly gateway: string;
}

/** Of each such number of changes at least one needs the order of the steps. */
const oneInNeedsOrder = 5;
const pairsAtOnce = 6;
const groupsOfPair = 5;
/** Of a group that has many lanes, or many ways through its services, so many are enough. */
const requestsOfOne = 6;

/**
 * Random changes of lane groups, each of a group and a host of its own, of which the checker says that no request fails, and that
 * none of those that are sent meets a mixed chain.
 */
export function randomReplays(seed: number, count: number, placed: Placement): Replay[] {
  const replays: Replay[] = [];
  let others = count - Math.ceil(count / oneInNeedsOrder);
  for (let round = 0; replays.length < count; round += 1) {
    for (const random of randomChanges(seed + round, placed)) {
      if (replays.length === count) break;
      const replay = replayOf(random, `t${String(replays.length).padStart(2, "0")}`, placed);
      if (!replay || (!replay.needsOrder && others === 0)) continue;
      if (!replay.needsOrder) others -= 1;
      replays.push(replay);
    }
  }
  return replays;
}

/** Changes of each group in turn. */
function randomChanges(seed: number, placed: Placement): Change[] {
  const pairs = randomPairs(seed, pairsAtOnce, { size: groupsOfPair, placed });
  return pairs.flatMap(({ before, after }) =>
    after.flatMap((now) => {
      const old = before.find(({ name }) => name === now.name);
      return old && !isDeepStrictEqual(old, now) ? [{ before: old, after: now }] : [];
    }),
  );
}

function replayOf(random: Change, name: string, placed: Placement): Replay | undefined {
  const before = asInput(alone(random.before, name, placed));
  const after = asInput(alone(random.after, name, placed));
  if (!isValid(before) || !isValid(after)) return undefined;
  const change = { before: laneGroupSchema.parse(before), after: laneGroupSchema.parse(after) };
  const faults = transitionFaults(change);
  const changes = !isDeepStrictEqual(change.before, change.after);
  if (!changes || isDangerous(change) || faults.some(({ kind }) => kind !== "mixed")) return undefined;
  const mixed = faults.map(({ lane }) => lane);
  const found = requestsOf(change, (lane) => !mixed.includes(lane));
  const requests = [...found.filter(moves), ...found.filter((each) => !moves(each))].slice(0, requestsOfOne);
  if (requests.length === 0) return undefined;
  return { change, inputs: { before, after }, requests, needsOrder: failsInReverse(change, requests) };
}

function isValid(input: LaneGroupInput): boolean {
  return validateLaneGroups([{ path: input.name, input }]).length === 0;
}

/** Whether `lanes up` would refuse it for its order. */
function isDangerous({ before, after }: Change): boolean {
  const alone = (group: LaneGroup) => ({ groups: [group], workloads: [] });
  return unsafeOrder(alone(before), alone(after)).length > 0;
}

function failsInReverse(change: Change, requests: readonly SentRequest[]): boolean {
  const lanes = change.before.lanes.map(({ name }) => name);
  const faults = transitionFaults(change, { steps: [...changeSteps(change.after, lanes)].reverse() });
  return faults.some(({ lane, service }) =>
    requests.some((each) => lane !== undefined && each.lanes.includes(lane) && each.way.includes(service)),
  );
}

/**
 * A random group by itself: with a name, services and hosts that no other has, all of it in one namespace. Its policies are left
 * out, since their faults would be answered with failures; nothing is sent again, which would hide some.
 */
function alone(group: LaneGroup, name: string, { namespace }: Placement): LaneGroup {
  const text = JSON.stringify(group, (key, value) => {
    // A cookie's domain goes with the hosts.
    if (key === "policy" || key === "domain") return undefined;
    return key === "hosts" ? [...new Set((value as string[]).map((host) => hostIn(host, name)))] : value;
  });
  const named = text
    .replaceAll(new RegExp(`\\b${group.name}\\b`, "g"), name)
    .replaceAll(`"${namespaceBeside(namespace)}"`, `"${namespace}"`);
  return { ...JSON.parse(named), policy: { retries: { attempts: 0 } } };
}

/** `*.f0.test` -> `*.f0.t01.test` */
function hostIn(host: string, name: string): string {
  return host === "*" ? `*.${name}.test` : host.replace(/\.test$/, `.${name}.test`);
}
