/** Where long work says what it does. Lines go to stderr, so that stdout stays for results. */
export interface Reporter {
  /** A numbered phase begins, e.g. `[2/6] cluster`. Ends the one before it. */
  phase(name: string): void;
  /** One fact worth keeping in the log: a choice made and its reason, a thing finished. */
  note(text: string): void;
  /** What is being waited for now; shown again with the elapsed time every few seconds until the next call. */
  waiting(text: string): void;
  /** The same, of what somebody else has to finish first: shown at once, so that nobody wonders. */
  blocked(text: string): void;
  /** Ends the last phase and stops the clock. */
  done(): void;
}

/** Seconds each phase took, in the order they ran. */
export interface PhaseTime {
  readonly name: string;
  readonly seconds: number;
}

/** A reporter that says nothing: for unit tests and for `--json`. */
export const silentReporter: Reporter = { phase() {}, note() {}, waiting() {}, blocked() {}, done() {} };

/**
 * Plain progress lines that read well in a terminal and in a CI log alike.
 *
 * @param phases how many phases there will be, for the `[2/6]` prefix.
 * @param everySeconds how often a wait is repeated with its elapsed time.
 */
export class LineReporter implements Reporter {
  public readonly times: PhaseTime[] = [];
  private count = 0;
  private current: { name: string; startedAt: number } | undefined;
  private wait: { text: string; startedAt: number } | undefined;
  private timer: NodeJS.Timeout | undefined;

  public constructor(
    private readonly phases: number,
    private readonly write: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
    private readonly everySeconds = 15,
    private readonly now: () => number = () => performance.now(),
  ) {}

  public phase(name: string): void {
    this.finishPhase();
    this.count += 1;
    this.current = { name, startedAt: this.now() };
    this.write(`[${this.count}/${Math.max(this.phases, this.count)}] ${name}`);
  }

  public note(text: string): void {
    this.clearWait();
    this.write(`      ${text}`);
  }

  public waiting(text: string): void {
    // What is waited for may be told in new words at any moment, which must not put off the next line.
    if (this.wait) {
      this.wait.text = text;
      return;
    }
    this.wait = { text, startedAt: this.now() };
    this.timer = setInterval(() => this.sayWait(), this.everySeconds * 1000);
    this.timer.unref();
  }

  public blocked(text: string): void {
    if (this.wait?.text === text) return;
    this.note(text);
    this.waiting(text);
  }

  public done(): void {
    this.finishPhase();
  }

  private sayWait(): void {
    if (this.wait) this.write(`      … ${this.wait.text} (${seconds(this.now() - this.wait.startedAt)} s)`);
  }

  private clearWait(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = undefined;
    this.wait = undefined;
  }

  private finishPhase(): void {
    this.clearWait();
    if (!this.current) return;
    const took = this.now() - this.current.startedAt;
    this.times.push({ name: this.current.name, seconds: took / 1000 });
    this.write(`      ${this.current.name}: ${seconds(took)} s`);
    this.current = undefined;
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
