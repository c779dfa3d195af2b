import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventText, type RolloutEvent } from "../../../../cli/rollout/events";
import { type GroupConfig, groupConfig } from "../../../../cli/rollout/group-config";
import { type RolloutFlags, type RolloutPlan, rolloutPlan } from "../../../../cli/rollout/options";
import { rollOut, type World } from "../../../../cli/rollout/run";
import { type StateStore, stateFile } from "../../../../cli/rollout/state";
import { Tally } from "../../../../components/lanes/analysis/tally";
import type { LaneGroup } from "../../../../components/lanes/spec";

const flags: RolloutFlags = {
  stack: "dev",
  steps: "10,50,100",
  pause: "60s",
  patience: "5m",
  approve: false,
  promote: true,
  minRequests: "100",
  maxErrorIncrease: "1",
  yes: true,
  dryRun: false,
  json: false,
};

export const plan = (more: Partial<RolloutFlags> = {}) => rolloutPlan("v2", { ...flags, ...more });

const stack = `config:
  mesh-lanes:laneGroups:
    - name: shop
      mode: permissive
      services:
        - { name: mocka, port: 8000, versions: [v1, v2] }
        - { name: mockb, port: 8000, versions: [v1, v2] }
        - { name: mockc, port: 8000, versions: [v1, v2] }
      entry: { service: mocka, gateway: istio-system/ingressgateway, hosts: [shop.example.com], header: x-shop }
      routeHeader: x-lane
      baseline: v1
      lanes:
        - { name: v1 } # the old one
        - { name: v2 }
`;

/** A process that ends in the middle of something. */
class Killed extends Error {}

/** A mesh that gives the lanes their shares of a steady load, by a clock of its own, and a config in a folder. */
export class FakeWorld implements World {
  public readonly said: string[] = [];
  public readonly updates: string[] = [];
  public readonly asked: string[] = [];
  public readonly config: GroupConfig;
  public readonly state: StateStore;
  /** Requests a second. */
  public rate = 50;
  /** Service of the canary -> how many of its requests fail, 0 to 1. */
  public faults: Readonly<Record<string, number>> = {};
  public answer = true;
  public updateEnds: () => boolean = () => true;
  public checked: (url: string) => string | undefined = () => undefined;
  public queried: (server: string, query: string) => string | undefined = () => undefined;
  public readable: () => boolean = () => true;
  /** Called before each thing that lasts, with its number. */
  public before: (moment: number) => void = () => {};
  public readonly controller = new AbortController();
  private clock = 0;
  private moment = 0;
  /** What the mesh has: the weights of the last update, and of how many requests v2 gets copies. */
  private live: Readonly<Record<string, number>> = { v1: 100 };
  private copies = 0;
  /** Whether a request of a client was answered by v2. */
  public met = false;

  public constructor(private readonly folder: string) {
    const config = groupConfig("dev", undefined, "v2", folder);
    const moments = async <T>(work: () => Promise<T>): Promise<T> => {
      this.next();
      const result = await work();
      this.next();
      return result;
    };
    // A file that did not change is not read again: a rollout asks at each step.
    let known: { readonly text: string; readonly read: ReturnType<GroupConfig["read"]> } | undefined;
    this.config = {
      read: () => {
        if (known?.text !== this.file) known = { text: this.file, read: config.read() };
        return known.read;
      },
      shift: (weights) => moments(() => config.shift(weights)),
      promote: (lane) => moments(() => config.promote(lane)),
      mayCopy: config.mayCopy,
      beginCopies: (percent) => moments(() => config.beginCopies(percent)),
      endCopies: () => moments(() => config.endCopies()),
    };
    const state = stateFile(join(folder, ".lanes"), "dev", "shop", "v2");
    this.state = {
      load: state.load,
      save: (now) => {
        this.next();
        state.save(now);
      },
      clear: () => {
        this.next();
        state.clear();
      },
    };
    this.file = stack;
  }

  public get file(): string {
    return readFileSync(join(this.folder, "Pulumi.dev.yaml"), "utf8");
  }

  public set file(text: string) {
    writeFileSync(join(this.folder, "Pulumi.dev.yaml"), text);
  }

  /** Another process on the same config, state and mesh. */
  public again(): FakeWorld {
    const text = this.file;
    const next = new FakeWorld(this.folder);
    next.file = text;
    next.live = this.live;
    next.copies = this.copies;
    next.met = this.met;
    next.faults = this.faults;
    next.rate = Math.max(50, this.rate);
    return next;
  }

  public get stopped(): AbortSignal {
    return this.controller.signal;
  }

  public now = (): number => this.clock;

  public say = (event: RolloutEvent): void => {
    this.said.push(...eventText(event).split("\n"));
  };

  public ask = async (question: string): Promise<boolean> => {
    this.asked.push(question);
    return this.answer;
  };

  public check = async (url: string): Promise<string | undefined> => this.checked(url);

  public query = async (server: string, query: string): Promise<string | undefined> => this.queried(server, query);

  public update = async (): Promise<boolean> => {
    this.next();
    const well = this.updateEnds();
    const { group, weights } = this.config.read();
    this.live = weights;
    this.copies = group.entry.policy?.mirror?.percent ?? 0;
    const shares = Object.entries(this.live).map(([lane, weight]) => `${lane} ${weight}`);
    this.updates.push([...shares, ...(this.copies > 0 ? [`copies ${this.copies}`] : [])].join(", "));
    this.next();
    return well;
  };

  public sleep = async (milliseconds: number): Promise<void> => {
    this.next();
    this.clock += milliseconds;
  };

  public watch = async (_group: LaneGroup, requests: "sent" | "copied") => {
    if ((requests === "copied") !== this.copies > 0) throw new Error(`watched by requests that were ${requests}`);
    const tally = new Tally();
    let [from, carried] = [this.clock, 0];
    return {
      read: async () => {
        this.next();
        if (!this.readable()) throw new Error("no proxy answers");
        const count = Math.floor(((this.clock - from) / 1000) * this.rate + carried);
        carried += ((this.clock - from) / 1000) * this.rate - count;
        from = this.clock;
        for (let n = 0; n < count; n += 1) this.request(tally, n);
        return tally;
      },
    };
  };

  private next(): void {
    this.moment += 1;
    this.before(this.moment);
  }

  private request(tally: Tally, n: number): void {
    const lane = (n * 37) % 100 < (this.live.v2 ?? 0) ? "v2" : "v1";
    this.met ||= lane === "v2";
    this.answered(tally, lane, n);
    if (lane === "v1" && (n * 53) % 100 < this.copies) this.answered(tally, "v2", n);
  }

  private answered(tally: Tally, lane: string, n: number): void {
    let failed = false;
    for (const service of ["mockc", "mockb", "mocka"]) {
      const rate = lane === "v2" ? (this.faults[service] ?? 0) : 0;
      failed ||= (n * 61) % 100 < rate * 100;
      tally.add({ lane, service, failed, milliseconds: 5, fellBack: false });
    }
  }
}

/** Rolls out until the `moment`-th thing that lasts, at which the run is killed. @returns false where it has ended before. */
export async function isKilledAt(moment: number, run: RolloutPlan, world: FakeWorld): Promise<boolean> {
  world.before = (each) => {
    if (each >= moment) throw new Killed();
  };
  try {
    // An update that is killed is one that failed, to the one who runs it.
    return (await rollOut(run, world)) === "update failed";
  } catch (error) {
    if (error instanceof Killed) return true;
    throw error;
  }
}
