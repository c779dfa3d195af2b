/**
 * Runs a task now and then: at most one at a time, none sooner than `milliseconds` after the last one began, and
 * always one after the last call.
 */
export class Paced {
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  private wanted = false;
  private stopped = false;

  public constructor(
    private readonly milliseconds: number,
    private readonly task: () => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Asks for one run. */
  public call(): void {
    if (this.stopped) return;
    this.wanted = true;
    if (!this.timer && !this.running) this.begin();
  }

  /** Begins no further run. */
  public stop(): void {
    this.stopped = true;
    this.wanted = false;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private begin(): void {
    this.wanted = false;
    this.running = true;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.next();
    }, this.milliseconds);
    this.task()
      .catch(this.onError)
      .finally(() => {
        this.running = false;
        this.next();
      });
  }

  private next(): void {
    if (this.wanted && !this.running && !this.timer) this.begin();
  }
}
