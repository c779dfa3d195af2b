/*
 * Values whose shape nobody vouches for: what a file, a cluster or another program gave.
 */

export type UnknownRecord = Readonly<Record<string, unknown>>;

/** A map; lists and null are none. */
export function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is not a map reads as an empty one. */
export function asRecord(value: unknown): UnknownRecord {
  return isRecord(value) ? value : {};
}

/** The maps of a list; none when it is no list. */
export function records(value: unknown): UnknownRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The texts of a list; none when it is no list. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}

/** What a value is, for a message that may not tell it: it may be a secret that stands in the wrong place. */
export function kindInWords(value: unknown): string {
  if (value === null) return "nothing";
  return Array.isArray(value) ? "a list" : isRecord(value) ? "a map" : "a plain value";
}

/** What JSON says; undefined where it is none. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an error says, in one line. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? "";
}

/** The same for what the system says of a file: its message ends with the path on this machine, which says nothing new. */
export function fileError(error: unknown): string {
  return firstLine(error).replace(/, \w+( '.*')?$/, "");
}
