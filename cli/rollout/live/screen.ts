/** What a terminal's stream has that is used here. */
export interface TerminalStream {
  readonly columns?: number;
  readonly rows?: number;
  write: NodeJS.WriteStream["write"];
}

/**
 * A block of lines at the end of a terminal, drawn over by the next. Whatever else is written to the terminal meanwhile, by whomever,
 * comes in above it: the streams' `write` is wrapped for as long as the block is there.
 */
export class Screen {
  private readonly originals = new Map<TerminalStream, TerminalStream["write"]>();
  private lines: readonly string[] = [];
  /** Lines that are on the terminal now. */
  private drawn: readonly string[] = [];
  private atLineStart = true;
  private due: NodeJS.Immediate | undefined;
  private hidden = false;

  /**
   * @param out where the block is drawn.
   * @param others streams that lead to the same terminal.
   */
  public constructor(
    private readonly out: TerminalStream,
    private readonly others: readonly TerminalStream[] = [],
  ) {}

  /** From here on, writes of others come in above the block. */
  public begin(): void {
    for (const stream of [this.out, ...this.others]) this.wrap(stream);
  }

  /** Another block in the place of the one before. */
  public show(lines: readonly string[]): void {
    this.lines = lines;
    this.draw();
  }

  /** Without the block while something is done, as when somebody is asked. */
  public async without<T>(work: () => Promise<T>): Promise<T> {
    this.erase();
    this.hidden = true;
    try {
      return await work();
    } finally {
      this.hidden = false;
      // Who answered has pressed Enter.
      this.atLineStart = true;
      this.draw();
    }
  }

  /** The block goes, and the streams are as they were. */
  public end(): void {
    if (this.due) clearImmediate(this.due);
    this.erase();
    for (const [stream, write] of this.originals) stream.write = write;
    this.originals.clear();
  }

  private wrap(stream: TerminalStream): void {
    const original = stream.write;
    this.originals.set(stream, original);
    stream.write = ((chunk: string | Uint8Array, ...rest: never[]): boolean => {
      this.erase();
      const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      if (text !== "") this.atLineStart = text.endsWith("\n");
      const written = original.call(stream, chunk, ...rest);
      // Once for all that is written in one go, and not in the middle of a line.
      this.due ??= setImmediate(() => {
        this.due = undefined;
        this.draw();
      });
      return written;
    }) as TerminalStream["write"];
  }

  private draw(): void {
    if (this.hidden || !this.atLineStart) return;
    const erased = this.erasing();
    this.drawn = this.lines;
    this.put(erased + this.lines.map((line) => `${line}\n`).join(""));
  }

  private erase(): void {
    const text = this.erasing();
    this.drawn = [];
    this.put(text);
  }

  /** From below the block up to its first line, and away with what is there. */
  private erasing(): string {
    const columns = this.out.columns || 80;
    // A terminal that was made narrower since has broken lines in two.
    const rows = this.drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
    return rows === 0 ? "" : `\u001b[${rows}A\r\u001b[J`;
  }

  private put(text: string): void {
    if (text !== "") (this.originals.get(this.out) ?? this.out.write).call(this.out, text);
  }
}
