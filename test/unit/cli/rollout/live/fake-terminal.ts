import type { TerminalStream } from "../../../../../cli/rollout/live/screen";

/** A terminal that keeps what it shows; it knows the signs that the screen uses, and no others. */
export class FakeTerminal {
  public readonly out: TerminalStream;
  public readonly err: TerminalStream;
  public columns = 60;
  public rows = 24;
  private readonly shown: string[] = [""];
  private row = 0;
  private column = 0;

  public constructor() {
    const write = ((text: string) => {
      this.take(text);
      return true;
    }) as TerminalStream["write"];
    const terminal = this;
    const stream = (): TerminalStream => ({
      get columns() {
        return terminal.columns;
      },
      get rows() {
        return terminal.rows;
      },
      write,
    });
    [this.out, this.err] = [stream(), stream()];
  }

  /** What a person sees, without empty lines at the end. */
  public get text(): string {
    return this.shown.join("\n").trimEnd();
  }

  /** Wraps what it shows at the new width. */
  public resize(columns: number): void {
    const shown = this.shown.join("\n");
    this.shown.splice(0, this.shown.length, "");
    [this.row, this.column, this.columns] = [0, 0, columns];
    this.take(shown);
  }

  private take(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what terminals take
    for (const [sign, up] of text.matchAll(/\u001b\[(\d+)A|\u001b\[J|[^\u001b]/gs)) {
      if (up !== undefined) this.row = Math.max(0, this.row - Number(up));
      else if (sign === "\u001b[J") {
        this.shown[this.row] = this.line().slice(0, this.column);
        this.shown.length = this.row + 1;
      } else if (sign === "\n") this.down();
      else if (sign === "\r") this.column = 0;
      else this.put(sign);
    }
  }

  private put(sign: string): void {
    if (this.column === this.columns) this.down();
    this.shown[this.row] =
      this.line().slice(0, this.column).padEnd(this.column) + sign + this.line().slice(this.column + 1);
    this.column += 1;
  }

  private down(): void {
    this.row += 1;
    this.column = 0;
    this.shown[this.row] ??= "";
  }

  private line(): string {
    return this.shown[this.row] ?? "";
  }
}
