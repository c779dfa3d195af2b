import type { Call } from "./access-log";

/** What a lane's requests met at one service in a stretch of time. */
export interface HopCount {
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds -> requests that took so long, to two digits. */
  readonly times: ReadonlyMap<number, number>;
  /** Requests that another version answered: they are not among `requests`. */
  readonly fellBack: number;
}

export const noRequests: HopCount = { requests: 0, errors: 0, times: new Map(), fellBack: 0 };

interface Counting {
  requests: number;
  errors: number;
  readonly times: Map<number, number>;
  fellBack: number;
}

/** Calls of a lane group, counted by lane and service: both lanes over the same time. */
export class Tally {
  private readonly hops = new Map<string, Counting>();

  public add({ lane, service, failed, milliseconds, fellBack }: Call): void {
    const key = `${lane} ${service}`;
    const hop = this.hops.get(key) ?? { requests: 0, errors: 0, times: new Map(), fellBack: 0 };
    this.hops.set(key, hop);
    if (fellBack) {
      hop.fellBack += 1;
      return;
    }
    hop.requests += 1;
    if (failed) hop.errors += 1;
    // An error that comes at once would make a lane look quick.
    else if (milliseconds !== undefined) {
      const rounded = twoDigits(milliseconds);
      hop.times.set(rounded, (hop.times.get(rounded) ?? 0) + 1);
    }
  }

  public of(lane: string, service: string): HopCount {
    return this.hops.get(`${lane} ${service}`) ?? noRequests;
  }
}

/** Up to two digits, so that a histogram stays small: 7, 42, 1300. */
function twoDigits(milliseconds: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, milliseconds))) - 1);
  return Math.ceil(milliseconds / unit) * unit;
}

/** How many took longer than a bound. */
export function slower({ times }: HopCount, milliseconds: number): { readonly count: number; readonly of: number } {
  const entries = [...times];
  const count = entries.reduce((sum, [time, each]) => sum + (time > milliseconds ? each : 0), 0);
  return { count, of: entries.reduce((sum, [, each]) => sum + each, 0) };
}

/** The time that a share of the requests did not exceed; undefined where there were none. @param share 0 to 1. */
export function quantile({ times }: HopCount, share: number): number | undefined {
  const sorted = [...times].sort(([one], [other]) => one - other);
  let left = share * sorted.reduce((sum, [, each]) => sum + each, 0);
  for (const [time, each] of sorted) {
    left -= each;
    if (left <= 1e-9) return time;
  }
  return sorted.at(-1)?.[0];
}
