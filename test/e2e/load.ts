import { setTimeout as sleep } from "node:timers/promises";
import { GatewayClient, type GatewayRequest } from "../../cli/verify/gateway-client";
import { parseHops } from "../../cli/verify/hops";
import type { HttpAnswer } from "../../tools/http/client";

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

/**
 * A steady open-loop load on one gateway of this machine: requests are sent by the clock, whether or not earlier ones
 * were answered. It ends by itself after ten minutes.
 */
export class Load {
  public readonly result: LoadResult = { sent: 0, failures: {}, answers: {} };
  private running = true;
  private readonly client: GatewayClient;
  private readonly done: Promise<void>;

  public constructor(
    url: string,
    request: GatewayRequest,
    perSecond: number,
    describe: (answer: HttpAnswer) => string,
  ) {
    this.client = new GatewayClient(url, { connections: 64 });
    this.done = this.send(request, perSecond, describe);
  }

  public async stop(): Promise<LoadResult> {
    this.running = false;
    await this.done;
    this.client.close();
    return this.result;
  }

  private async send(request: GatewayRequest, perSecond: number, describe: (answer: HttpAnswer) => string) {
    const startedAt = performance.now();
    const open: Promise<void>[] = [];
    while (this.running && this.result.sent < perSecond * 600) {
      this.result.sent += 1;
      open.push(
        this.client.send(request).then((answer) => {
          const counts = answer.status === 200 ? this.result.answers : this.result.failures;
          const key = answer.status === 200 ? describe(answer) : `${answer.status} ${answer.body.slice(0, 100)}`;
          counts[key] = (counts[key] ?? 0) + 1;
        }),
      );
      await sleep(Math.max(0, startedAt + (this.result.sent * 1000) / perSecond - performance.now()));
    }
    await Promise.all(open);
  }
}
