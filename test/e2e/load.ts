import { setTimeout as sleep } from "node:timers/promises";
import { GatewayClient, type GatewayRequest } from "../../cli/verify/gateway-client";
import { parseHops } from "../../cli/verify/hops";
import type { HttpAnswer } from "../../tools/http/client";
import { Latencies } from "./latencies";

/** The versions that a request met, hop by hop. @example "v2 v1 v2" */
export function versionsMet({ body }: { readonly body: string }): string {
  return parseHops(body)
    .map(({ version }) => version)
    .join(" ");
}

/** What a load has met so far. */
export interface LoadResult {
  sent: number;
  /** Answer -> count, of answers that were no 200. */
  readonly failures: Record<string, number>;
  /** First line of the body -> count, of the others. */
  readonly answers: Record<string, number>;
}

export interface LoadOptions {
  /** It ends by itself after so many seconds; `Infinity`: not before it is stopped. @default 600 */
  readonly forSeconds?: number;
  /** What is being done to the mesh, asked when a request is sent: its answer counts for that, whenever it comes. @default "" */
  readonly during?: () => string;
}

/**
 * A steady open-loop load on one gateway of this machine: requests are sent by the clock, whether or not earlier ones
 * were answered. It ends by itself after ten minutes, if nothing else is said.
 */
export class Load {
  public readonly result: LoadResult = { sent: 0, failures: {}, answers: {} };
  /** What was done -> answer -> count, of answers that were a 200. */
  public readonly answersDuring: Record<string, Record<string, number>> = {};
  public readonly latencies = new Latencies();
  private running = true;
  private readonly client: GatewayClient;
  private readonly done: Promise<void>;
  /** No more than those under way: a long load sends hundreds of thousands. */
  private readonly open = new Set<Promise<void>>();

  public constructor(
    url: string,
    private readonly request: GatewayRequest,
    private readonly perSecond: number,
    private readonly describe: (answer: HttpAnswer) => string,
    private readonly options: LoadOptions = {},
  ) {
    this.client = new GatewayClient(url, { connections: 64 });
    this.done = this.send();
  }

  public async stop(): Promise<LoadResult> {
    this.running = false;
    await this.done;
    this.client.close();
    return this.result;
  }

  private async send(): Promise<void> {
    const { result, perSecond } = this;
    const { forSeconds = 600 } = this.options;
    const startedAt = performance.now();
    while (this.running && result.sent < perSecond * forSeconds) {
      result.sent += 1;
      const answered = this.once().finally(() => this.open.delete(answered));
      this.open.add(answered);
      await sleep(Math.max(0, startedAt + (result.sent * 1000) / perSecond - performance.now()));
    }
    await Promise.all(this.open);
  }

  private async once(): Promise<void> {
    const during = this.options.during?.() ?? "";
    const sentAt = performance.now();
    const answer = await this.client.send(this.request);
    this.latencies.add(performance.now() - sentAt);
    if (answer.status !== 200) {
      const when = during === "" ? "" : `during ${during}: `;
      count(this.result.failures, `${when}${answer.status} ${answer.body.slice(0, 100)}`);
      return;
    }
    const key = this.describe(answer);
    count(this.result.answers, key);
    this.answersDuring[during] ??= {};
    count(this.answersDuring[during], key);
  }
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
