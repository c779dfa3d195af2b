import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";

/** A log of one long piece of work: everything goes to the file, the last lines are kept for an error message. */
export class LogFile {
  public readonly path: string;
  private readonly stream: WriteStream;
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
  }

  public line(text: string): void {
    this.stream.write(`${text}\n`);
    this.last.push(text);
    if (this.last.length > this.keep) this.last.shift();
  }

  /** The last lines, for an error message. */
  public tail(): string {
    return this.last.join("\n");
  }

  public close(): Promise<void> {
    return new Promise((done) => this.stream.end(done));
  }
}
