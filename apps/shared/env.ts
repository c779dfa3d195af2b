/** The environment of a process, e.g. `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One variable that is missing or wrong. */
export interface EnvProblem {
  readonly name: string;
  readonly got: string;
  readonly expected: string;
}

/** Thrown by {@link readEnv}: lists every wrong variable at once. */
export class EnvError extends Error {
  public override readonly name = "EnvError";

  public constructor(public readonly problems: readonly EnvProblem[]) {
    super(
      [
        "The environment of this app is wrong.",
        ...problems.map(({ name, got, expected }) => `  ${name}: ${got}\n    expected: ${expected}`),
      ].join("\n"),
    );
  }
}

/** RFC 9110 section 5.6.2 */
const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const label = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/**
 * Reads typed values and notes what is wrong with them. A wrong value reads as its default, so that the next one
 * is looked at too; {@link readEnv} throws afterwards. An empty variable counts as one that is not set, except for lists.
 */
export class EnvReader {
  public readonly problems: EnvProblem[] = [];

  public constructor(private readonly source: Environment) {}

  /** A name or version, 1 to 63 letters, digits, `.`, `_` or `-`. Required when there is no default. */
  public label(name: string, fallback?: string): string {
    return this.parse(name, fallback, "1 to 63 letters, digits, '.', '_' or '-'", (raw) =>
      label.test(raw) ? raw : undefined,
    );
  }

  /** Any text that is not empty. */
  public text(name: string, fallback: string): string {
    return this.source[name] || fallback;
  }

  /** A whole number from `min` to `max`, both allowed. */
  public integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.parse(name, String(fallback), `a whole number from ${min} to ${max}`, (raw) =>
      /^\d{1,15}$/.test(raw) && Number(raw) >= min && Number(raw) <= max ? raw : undefined,
    );
    return Number(value || fallback);
  }

  /** One of a few words. */
  public choice<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word {
    const [fallback] = words;
    const value = this.parse(name, fallback, words.join(" or "), (raw) => words.find((word) => word === raw));
    return words.find((word) => word === value) ?? fallback;
  }

  /** An absolute `http:` URL; `undefined` when the variable is not set. */
  public optionalHttpUrl(name: string): URL | undefined {
    return this.optionalUrl(name, ["http:"], "a URL such as http://mockb:8000");
  }

  /** An absolute URL of one of these schemes; `undefined` when the variable is not set. */
  public optionalUrl(name: string, schemes: readonly string[], expected: string): URL | undefined {
    const value = this.parse(name, "", expected, (raw) =>
      URL.canParse(raw) && schemes.includes(new URL(raw).protocol) ? raw : undefined,
    );
    return value === "" ? undefined : new URL(value);
  }

  /** A whole number from `min` to `max`; `undefined` when the variable is not set. */
  public optionalInteger(name: string, min: number, max: number): number | undefined {
    const value = this.integer(name, Number.NaN, min, max);
    return Number.isNaN(value) ? undefined : value;
  }

  /** An absolute `http:` URL with a default. */
  public httpUrl(name: string, fallback: string): URL {
    return this.optionalHttpUrl(name) ?? new URL(fallback);
  }

  /**
   * Header names, comma-separated, read as lower case and without repetition. The empty text is the empty list.
   *
   * @param refused names that may not be in the list.
   */
  public headerNames(name: string, fallback: string, refused: ReadonlySet<string> = new Set()): readonly string[] {
    const raw = this.source[name] ?? fallback;
    if (raw.trim() === "") return [];
    const names = raw.split(",").map((each) => each.trim().toLowerCase());
    for (const each of names) {
      if (!headerName.test(each)) {
        this.note(name, `"${each}" is not a header name`, "comma-separated header names, or empty for none");
      } else if (refused.has(each)) {
        this.note(name, `"${each}" belongs to one connection`, "headers that are meant for the whole call chain");
      }
    }
    return [...new Set(names)];
  }

  /** One header name, read as lower case; `undefined` when the variable is not set. */
  public optionalHeaderName(name: string): string | undefined {
    const value = this.parse(name, "", "one header name, such as x-mock-calls", (raw) =>
      headerName.test(raw.toLowerCase()) ? raw.toLowerCase() : undefined,
    );
    return value === "" ? undefined : value;
  }

  /** Notes header names that gRPC cannot carry as text. */
  public requireMetadata(name: string, headers: readonly string[]): void {
    for (const header of headers.filter((each) => !/^[0-9a-z_.-]+$/.test(each) || /^grpc-|-bin$/.test(each))) {
      this.note(
        name,
        `"${header}" is no metadata of gRPC`,
        "a-z, 0-9, '_', '.', '-', without grpc- in front or -bin behind",
      );
    }
  }

  private parse(
    name: string,
    fallback: string | undefined,
    expected: string,
    accept: (raw: string) => string | undefined,
  ) {
    const raw = this.source[name] || fallback;
    if (raw === undefined) {
      this.note(name, "not set", expected);
      return "";
    }
    if (raw === fallback) return raw;
    const value = accept(raw);
    if (value === undefined) this.note(name, `"${raw}"`, expected);
    return value ?? fallback ?? "";
  }

  private note(name: string, got: string, expected: string): void {
    this.problems.push({ name, got, expected });
  }
}

/**
 * Reads a whole configuration at once.
 *
 * @throws EnvError that lists every problem the reader met.
 */
export function readEnv<T>(source: Environment, read: (env: EnvReader) => T): T {
  const env = new EnvReader(source);
  const value = read(env);
  if (env.problems.length > 0) throw new EnvError(env.problems);
  return value;
}
