/** Puts the time in front of each line of a text that comes in pieces, for whoever has to find out later what came when. */
export class StampedLines {
  private atStart = true;

  public constructor(
    private readonly write: (text: string) => void,
    private readonly now: () => Date = () => new Date(),
  ) {}

  public add(text: string): void {
    if (text === "") return;
    const time = this.now().toISOString();
    const stamped = text.replace(/(?<=\n)(?!$)/g, `${time} `);
    this.write(this.atStart ? `${time} ${stamped}` : stamped);
    this.atStart = text.endsWith("\n");
  }
}
