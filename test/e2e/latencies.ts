/** Two bounds of neighbours differ by this factor: a quantile is at most so much too large. */
const growth = 1.05;

/** How long answers took, in an amount of memory that does not grow with their number. */
export class Latencies {
  public slowestMs = 0;
  public count = 0;
  /** Power of `growth` -> answers that took at most so many milliseconds, and more than those of the power before. */
  private readonly buckets = new Map<number, number>();

  public add(ms: number): void {
    this.count += 1;
    this.slowestMs = Math.max(this.slowestMs, ms);
    // Below a millisecond nobody tells answers apart.
    const power = Math.ceil(Math.log(Math.max(1, ms)) / Math.log(growth));
    this.buckets.set(power, (this.buckets.get(power) ?? 0) + 1);
  }

  /** Those of several loads as one. */
  public static sum(all: readonly Latencies[]): Latencies {
    const sum = new Latencies();
    for (const { slowestMs, count, buckets } of all) {
      sum.count += count;
      sum.slowestMs = Math.max(sum.slowestMs, slowestMs);
      for (const [power, more] of buckets) sum.buckets.set(power, (sum.buckets.get(power) ?? 0) + more);
    }
    return sum;
  }

  /**
   * The milliseconds that a part of the answers took at most; 0 when there are none.
   *
   * @param part of all, such as 0.99.
   */
  public quantile(part: number): number {
    let left = this.count * part;
    for (const power of [...this.buckets.keys()].sort((one, other) => one - other)) {
      left -= this.buckets.get(power) ?? 0;
      if (left <= 0) return Math.min(growth ** power, this.slowestMs);
    }
    return this.slowestMs;
  }
}
