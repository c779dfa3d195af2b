import { type Random, randomValues } from "../../random";

/** What is planted in a canary: a share of its requests to one hop fails, or comes late. */
export interface PlantedFault {
  readonly way: "http" | "grpc" | "websocket";
  /** The hop, which a rollout has to name. */
  readonly service: string;
  readonly what: "errors" | "slow";
  readonly percent: number;
  /** Of `errors`: status. Of `slow`: milliseconds. */
  readonly size: number;
}

/** Services by what they are called with: each of `shop` calls the next, `chat` is by itself. */
export const hops = { http: ["front"], grpc: ["stock", "prices"], websocket: ["chat"] } as const;

/** A WebSocket has no time that proxies log: its handshake fails or does not. */
const kinds = (Object.keys(hops) as (keyof typeof hops)[]).flatMap((way) =>
  hops[way].flatMap((service) =>
    (way === "websocket" ? (["errors"] as const) : (["errors", "slow"] as const)).map((what) => ({
      way,
      service,
      what,
    })),
  ),
);

const percents = [20, 40, 70, 100];
const statuses = [500, 503];
const delays = [150, 400, 1500];

/** `count` faults: each kind in turn, in random order, with a random size. */
export function plantedFaults(seed: number, count: number): PlantedFault[] {
  const [order = []] = randomValues(seed, 1, (random) => random.shuffled(kinds));
  return randomValues(seed, count, (random, index): PlantedFault => {
    const kind = order[index % order.length];
    if (!kind) throw new Error("no kinds of faults");
    return { ...kind, percent: random.pick(percents), size: sizeOf(random, kind.what) };
  });
}

function sizeOf(random: Random, what: PlantedFault["what"]): number {
  return random.pick(what === "errors" ? statuses : delays);
}

/** As a route's policy has it, for one lane. */
export function faultPolicy({ what, percent, size }: PlantedFault, lane: string) {
  const fault =
    what === "errors" ? { abort: { percent, status: size } } : { delay: { percent, duration: `${size}ms` } };
  return { fault: { ...fault, lanes: [lane] } };
}
