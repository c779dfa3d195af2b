import type { GatewayRequest } from "../../../cli/verify/gateway-client";
import { Latencies } from "../latencies";
import { Load, versionsMet } from "../load";
import { lanesMet, type Meanwhile } from "./life";

const noLane = "no lane";

/** One load for the requests that name no lane, which are half of all, and one for each lane, named in the header `version`. */
export class LaneLoads {
  private readonly loads: Readonly<Record<string, Load>>;
  private readonly all = new Map<string, Meanwhile>();
  private readonly startedAt = performance.now();
  private stoppedAt: number | undefined;

  /** @param perSecond requests of all loads together. */
  public constructor(
    url: string,
    request: Omit<GatewayRequest, "headers">,
    lanes: readonly string[],
    perSecond: number,
    private now: Meanwhile,
  ) {
    this.all.set(now.title, now);
    const load = (headers: Record<string, string>, rate: number) =>
      new Load(url, { ...request, headers }, rate, versionsMet, { forSeconds: Infinity, during: () => this.now.title });
    this.loads = {
      ...Object.fromEntries(lanes.map((lane) => [lane, load({ version: lane }, perSecond / 2 / lanes.length)])),
      [noLane]: load({}, perSecond / 2),
    };
  }

  public get sent(): number {
    return Object.values(this.loads).reduce((sum, { result }) => sum + result.sent, 0);
  }

  /** Versions met -> count. @param named a lane, or `no lane`. */
  public answers(named: string): Readonly<Record<string, number>> {
    return this.loads[named]?.result.answers ?? {};
  }

  /** What requests may meet that are sent from now on. */
  public begin(meanwhile: Meanwhile): void {
    this.now = meanwhile;
    this.all.set(meanwhile.title, meanwhile);
  }

  /** What has failed, and what met another lane than it may, or several: in words. */
  public problems(): string[] {
    return Object.entries(this.loads).flatMap(([named, { result, answersDuring }]) => {
      const failed = Object.entries(result.failures).map(([answer, count]) => `${named}: ${count} of ${answer}`);
      const wrong = [...this.all.values()].flatMap((meanwhile) => {
        const lanes = lanesMet(meanwhile, named === noLane ? undefined : named);
        const right = lanes.map((lane) => `${lane} ${lane} ${lane}`);
        return Object.entries(answersDuring[meanwhile.title] ?? {})
          .filter(([versions]) => !right.includes(versions))
          .map(([versions, count]) => `${named}: ${count} met ${versions} during ${meanwhile.title}`);
      });
      return [...failed, ...wrong];
    });
  }

  public async stop(): Promise<void> {
    await Promise.all(Object.values(this.loads).map((load) => load.stop()));
    this.stoppedAt ??= performance.now();
  }

  /** One line: how many by lane, by what they met, and by step, and how long answers took. */
  public report(): string {
    const seconds = ((this.stoppedAt ?? performance.now()) - this.startedAt) / 1000;
    const during: Record<string, Record<string, number>> = {};
    for (const [named, { answersDuring }] of Object.entries(this.loads)) {
      for (const [title, answers] of Object.entries(answersDuring)) {
        during[title] ??= {};
        during[title][named] = Object.values(answers).reduce((sum, count) => sum + count, 0);
      }
    }
    const met = Object.fromEntries(Object.keys(this.loads).map((named) => [named, this.answers(named)]));
    const latencies = Latencies.sum(Object.values(this.loads).map((load) => load.latencies));
    const failed = Object.values(this.loads).flatMap(({ result }) => Object.values(result.failures));
    return [
      `${this.sent} requests in ${seconds.toFixed(0)} s, ${(this.sent / seconds).toFixed(1)} a second`,
      `${failed.reduce((sum, count) => sum + count, 0)} failed`,
      `slowest ${latencies.slowestMs.toFixed(0)} ms, p99 ${latencies.quantile(0.99).toFixed(0)} ms`,
      `met: ${JSON.stringify(met)}`,
      `during: ${JSON.stringify(during)}`,
    ].join("; ");
  }
}
