import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "../../../tools/poll";
import { HeldSockets } from "../../e2e/held-sockets";
import { Load, versionsMet } from "../../e2e/load";
import type { WebSocketTarget } from "../../e2e/sockets";
import { type BenchCluster, notYet, withinMs } from "./cluster";
import { hostOf } from "./objects";
import { Takeover } from "./takeover";
import type { Way } from "./ways";

/** What is sent, and how long sockets live. */
export const effort = {
  requestsPerSecond: 100,
  /** Opened before the command. */
  socketsBefore: 60,
  /** Opened when about half of the answers come from the new version. */
  socketsHalfway: 40,
  /** Between two messages of a socket. */
  messageMs: 2000,
  /** So long clients keep their sockets once the new version answers everything. */
  lifeSeconds: 60,
  /** The load goes on for so long once nothing of the old version serves any more. */
  afterSeconds: 5,
} as const;

/** What clients met, and when. Seconds count from the command. */
export interface Measured {
  readonly requests: number;
  /** Answer -> count. */
  readonly failures: Readonly<Record<string, number>>;
  readonly sockets: number;
  /** Close code -> count, of the sockets that were closed by somebody else. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly refused: number;
  readonly messages: number;
  readonly lost: number;
  /** When the old version answered for the last time. */
  readonly takenOver: number;
  /** When the last old pod was told to end. */
  readonly told: number;
  /** When it had gone, and whoever promotes said that it is done. */
  readonly rest: Promise<number>;
}

/**
 * Promotes v2 in one way while requests are sent and sockets are open. Nothing of it asks the tool how far it is: both the sockets of
 * halfway and the end of their lives follow from what the load is answered.
 */
export async function measure(way: Way, namespace: string, cluster: BenchCluster, gateway: URL): Promise<Measured> {
  const host = hostOf(namespace);
  const takeover = new Takeover("v2");
  const load = new Load(
    gateway.origin,
    { host, path: "/", headers: {} },
    effort.requestsPerSecond,
    (answer) => {
      const met = versionsMet(answer);
      takeover.add(met, performance.now());
      return met;
    },
    { forSeconds: Infinity },
  );
  const held: HeldSockets[] = [];
  try {
    held.push(await HeldSockets.open(targets(gateway, host, effort.socketsBefore), effort.messageMs));
    await sleep(3000);
    const startedAt = performance.now();
    const since = (at: number) => (at - startedAt) / 1000;
    const promoted = way.promote();
    const failed = promoted.then(() => new Promise<never>(() => {}));
    // Whoever waits hears of it, and nobody may wait just then.
    failed.catch(() => {});
    const wait = <T>(what: string, ask: () => T | undefined | false | Promise<T | undefined | false>) =>
      Promise.race([failed, waitFor(`${what} in ${namespace}`, ask, { withinMs, everyMs: 200 })]);

    await wait("half of the answers from v2", () => takeover.share(performance.now()) >= 0.3);
    const halfway = targets(gateway, host, effort.socketsHalfway);
    const opened = await Promise.allSettled(halfway.map((target) => HeldSockets.open([target], effort.messageMs)));
    held.push(...opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])));
    await wait("all answers from v2", () => takeover.endedAt(performance.now()));
    await Promise.race([failed, sleep(effort.lifeSeconds * 1000)]);
    const sockets = await Promise.all(held.map((each) => each.stop()));

    const going = async () => {
      const each = (way.going ?? ["version=v1"]).map((labels) => cluster.pods(namespace, labels));
      return Promise.all(each).catch(notYet);
    };
    await wait("the old pods to be told to end", async () => (await going())?.every(({ serving }) => serving === 0));
    const told = since(performance.now());
    await sleep(effort.afterSeconds * 1000);
    const ended = takeover.endedAt(performance.now());
    const { sent, failures } = await load.stop();
    const gone = async () => (await going())?.every(({ serving, ending }) => serving + ending === 0);
    const rest = Promise.all([promoted, wait("the old pods to go", gone)]).then(() => since(performance.now()));
    rest.catch(() => {});
    const problems = sockets.flatMap((each) => each.problems);
    return {
      requests: sent,
      failures,
      sockets: sockets.reduce((sum, each) => sum + each.sockets, 0),
      dropped: counted(problems.flatMap((problem) => /dropped with (\d+)/.exec(problem)?.[1] ?? [])),
      refused: opened.length - held.length + 1,
      messages: sockets.reduce((sum, each) => sum + each.sent, 0),
      lost: sockets.reduce((sum, each) => sum + each.sent - each.echoed, 0),
      takenOver: since(ended ?? Number.NaN),
      told,
      rest,
    };
  } finally {
    await load.stop();
    await Promise.all(held.map((each) => each.stop()));
  }
}

function targets(gateway: URL, host: string, count: number): WebSocketTarget[] {
  const url = new URL("/", gateway.origin.replace("http", "ws"));
  return Array.from({ length: count }, () => ({ url, options: { headers: { host } }, way: "ping" }));
}

function counted(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
