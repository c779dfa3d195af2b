import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { StampedLines } from "../report/stamped-lines";

/** A log of one long piece of work: everything goes to the file with its time, the last lines are kept for an error message. */
export class LogFile {
  public readonly path: string;
  private readonly stream: WriteStream;
  private readonly lines: StampedLines;
  private readonly last: string[] = [];

  /** @param keep how many lines an error message shows. */
  public constructor(
    folder: string,
    name: string,
    private readonly keep = 15,
  ) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, name);
    this.stream = createWriteStream(this.path, { flags: "w" });
    // What does not fit is left out: no build may fail for the sake of its log.
    this.stream.on("error", () => {});
    this.lines = new StampedLines((text) => void this.stream.write(text));
  }

  public line(text: string): void {
    this.lines.add(`${text}\n`);
    this.last.push(text);
    if (this.last.length > this.keep) this.last.shift();
  }

  /** The last lines, for an error message. */
  public tail(): string {
    return this.last.join("\n");
  }

  public close(): Promise<void> {
    return new Promise((done) => this.stream.end(() => done()));
  }
}
