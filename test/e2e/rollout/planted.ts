import { randomValues } from "../../random";

/** What is planted in the pods of a canary: one of its services fails a share of what it is asked, or answers it late. */
export interface PlantedFault {
  readonly way: "http" | "grpc" | "websocket";
  /** The hop, which a rollout has to name. */
  readonly service: string;
  readonly what: "errors" | "slow";
  readonly percent: number;
  /** Of `slow`: so much later. */
  readonly milliseconds: number;
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
const delays = [150, 400, 1500];

/** `count` faults: each kind in turn, in random order, with a random size. */
export function plantedFaults(seed: number, count: number): PlantedFault[] {
  const [order = []] = randomValues(seed, 1, (random) => random.shuffled(kinds));
  return randomValues(seed, count, (random, index): PlantedFault => {
    const kind = order[index % order.length];
    if (!kind) throw new Error("no kinds of faults");
    return { ...kind, percent: random.pick(percents), milliseconds: random.pick(delays) };
  });
}

/** As the apps read it. */
export function faultEnv({ what, percent, milliseconds }: PlantedFault): Readonly<Record<string, string>> {
  return what === "errors"
    ? { FAIL_PERCENT: String(percent) }
    : { SLOW_PERCENT: String(percent), SLOW_MS: String(milliseconds) };
}
