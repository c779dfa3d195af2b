/** One bar of the chart. */
export interface Bar {
  /** 1 to {@link barCount} */
  readonly id: number;
  /** 0 to {@link maxValue} */
  readonly value: number;
}

export const barCount = 10;
export const maxValue = 1000;

/** What the chart shows until somebody sets something. */
const firstValues = [420, 610, 350, 780, 540, 290, 660, 480, 720, 380];

/** The values of one process; they start again with it. */
export class Bars {
  private readonly values = firstValues.slice(0, barCount);

  /** All bars, by id. */
  public all(): readonly Bar[] {
    return this.values.map((value, index) => ({ id: index + 1, value }));
  }

  /** Sets one value; the bar is taken to be valid. */
  public set({ id, value }: Bar): void {
    this.values[id - 1] = value;
  }
}

/**
 * Reads `id` and `value` from a query.
 *
 * @returns the bar, or everything that is wrong, one sentence each.
 */
export function parseBar(query: URLSearchParams): Bar | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const id = readInteger(query, "id", 1, barCount, problems);
  const value = readInteger(query, "value", 0, maxValue, problems);
  return problems.length > 0 ? { problems } : { id, value };
}

function readInteger(query: URLSearchParams, name: string, min: number, max: number, problems: string[]): number {
  const given = query.getAll(name);
  const [raw = ""] = given;
  const value = /^\d{1,9}$/.test(raw) ? Number(raw) : Number.NaN;
  if (given.length === 1 && value >= min && value <= max) return value;
  const got = given.length === 0 ? "is missing" : given.length > 1 ? "is given more than once" : `is "${raw}"`;
  problems.push(`${name} ${got}: give a whole number from ${min} to ${max}`);
  return value;
}
