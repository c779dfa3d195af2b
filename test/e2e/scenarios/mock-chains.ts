import assert from "node:assert/strict";
import { parseHops } from "../../../cli/verify/hops";
import { type Answer, type HostClient, SteadyLoad } from "./http";

/** S4: lane -> the version of mocka, mockb and mockc that it meets. */
export const lanesOfDocument = {
  v1: ["v1", "v1", "v1"],
  v2: ["v2", "v1", "v2"],
  v3: ["v3", "v3", "v1"],
} as const;
export type Lane = keyof typeof lanesOfDocument;

/** Keeps a client in a lane of S4. */
export const inLane = (lane: Lane) => ({ cookie: `mesh-lane-baggage=${lane}` });

/** The versions that a request met, hop by hop. */
function chainOf(answer: Answer): string {
  if (answer.status !== 200) return `${answer.status} ${answer.body}`;
  return parseHops(answer.body)
    .map((hop) => hop.version)
    .join(" ");
}

/** Chain of versions -> number of answers. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const key = chainOf(answer);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Deployments of S4's lane v2, and the chain that the lane meets without them. */
export const goneInV2 = [
  { deployment: "mocka-v2", without: "v1 v1 v2" },
  { deployment: "mockc-v2", without: "v2 v1 v1" },
] as const;

type Scale = (deployment: string, replicas: number) => Promise<void>;

/**
 * Takes the pods of a version in lane v2 away under load and brings them back: the baseline answers in between, 100 of 100
 * requests, and not one fails at any time.
 */
export async function fallsBack(
  client: HostClient,
  { deployment, without }: (typeof goneInV2)[number],
  scale: Scale,
): Promise<void> {
  const own = lanesOfDocument.v2.join(" ");
  const load = new SteadyLoad(client, "/mock", inLane("v2"));
  try {
    await load.until((answer) => chainOf(answer) === own, "an answer of the lane");
    await scale(deployment, 0);
    await load.until((answer) => chainOf(answer) === without, "an answer of the baseline");
    assert.deepEqual(tally(await client.getMany(100, "/mock", inLane("v2"))), { [without]: 100 });
    await scale(deployment, 1);
    await load.until((answer) => chainOf(answer) === own, "an answer of the lane again");
  } finally {
    await load.stop();
    await scale(deployment, 1);
  }
  assert.deepEqual(Object.keys(tally(load.answers)).sort(), [own, without].sort());
}
