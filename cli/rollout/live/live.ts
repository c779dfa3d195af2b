import { eventText, type RolloutEvent } from "../events";
import type { Seen } from "../watch";
import { type Doing, type HopPicture, hopPictures, pictureLines } from "./picture";
import { Screen, type TerminalStream } from "./screen";

/** Milliseconds between two drawings, if nothing happens: the time that is left goes down. */
const every = 1000;

/** What the view begins with. */
interface Beginning {
  readonly canary: string;
  readonly steps: readonly number[];
  /** Milliseconds. */
  readonly patience: number;
}

/** The rollout in a terminal: what has happened in lines, and below them one block that tells how it goes. */
export class LiveView {
  private readonly screen: Screen;
  private readonly timer: NodeJS.Timeout;
  private baseline = "";
  private hops: readonly HopPicture[] = [];
  private verdict: readonly string[] = [];
  private doing: ((now: number) => Doing) | undefined;

  public constructor(
    private readonly beginning: Beginning,
    private readonly out: TerminalStream,
    others: readonly TerminalStream[],
    private readonly now: () => number = () => performance.now(),
  ) {
    this.screen = new Screen(out, others);
    this.screen.begin();
    this.timer = setInterval(() => this.draw(), every);
    this.timer.unref();
  }

  public say(event: RolloutEvent): void {
    const since = this.now();
    const { patience } = this.beginning;
    if (event.event === "update") {
      this.doing = (now) => ({ what: "update", step: event.step, elapsed: now - since });
    } else if (event.event === "watch") {
      const { step, pause } = event;
      this.hops = [];
      this.doing = (now) => ({ what: "watch", step, elapsed: now - since, pause, patience });
    } else if (event.event === "verdict") {
      this.verdict = eventText(event).split("\n");
    } else if (event.event === "end") {
      this.doing = undefined;
    }
    // The block tells these, and more.
    if (event.event !== "watch" && event.event !== "look") this.out.write(`${eventText(event)}\n`);
    this.draw();
  }

  public saw({ group, canary, baseline, tally }: Seen): void {
    this.baseline = baseline;
    this.hops = hopPictures(group, canary, baseline, tally);
    this.draw();
  }

  /** Somebody is asked something, and the block is no hindrance. */
  public asking<T>(ask: () => Promise<T>): Promise<T> {
    return this.screen.without(ask);
  }

  public end(): void {
    clearInterval(this.timer);
    this.screen.end();
  }

  private draw(): void {
    const { canary, steps } = this.beginning;
    const { baseline, hops, verdict, doing } = this;
    // A terminal may not know its size: it is 0 then.
    const [columns, rows] = [this.out.columns || 80, this.out.rows || 24];
    const picture = doing && { canary, steps, baseline, hops, verdict, doing: doing(this.now()) };
    this.screen.show(picture ? pictureLines(picture, { columns, rows }) : []);
  }
}
