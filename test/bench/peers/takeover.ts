/** Answers that are older tell nothing of the share. */
const shareMs = 2000;
/** So long nobody must have met the old version, before the new one has taken over. */
const quietMs = 3000;

/**
 * How far a new version has come, told from the answers of a steady load alone: whoever moves the weights, and however, is measured
 * in the same way. Times are those of `performance.now()`.
 */
export class Takeover {
  private recent: { readonly at: number; readonly isNew: boolean }[] = [];
  private lastOldAt = Number.NEGATIVE_INFINITY;

  public constructor(private readonly version: string) {}

  /** An answer that has come now. */
  public add(version: string, at: number): void {
    const isNew = version === this.version;
    if (!isNew) this.lastOldAt = at;
    this.recent.push({ at, isNew });
    this.forget(at);
  }

  /** Share of the new version in the last answers, 0 to 1; 0 where there are none. */
  public share(now: number): number {
    this.forget(now);
    return this.recent.filter(({ isNew }) => isNew).length / Math.max(1, this.recent.length);
  }

  /** When the old version answered for the last time; undefined while it may do so again. */
  public endedAt(now: number): number | undefined {
    return this.share(now) === 1 && now - this.lastOldAt >= quietMs ? this.lastOldAt : undefined;
  }

  private forget(now: number): void {
    const first = this.recent.findIndex(({ at }) => now - at <= shareMs);
    this.recent = first < 0 ? [] : this.recent.slice(first);
  }
}
