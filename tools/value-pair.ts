/** As JSON; null: not there. */
export type ValueText = string | null;

/** What a text keeps of what stands in front of a difference. */
const kept = 20;

/**
 * A value before and after, shortened so that the two still differ to the eye: of what both begin with, only the end is kept.
 *
 * @param longest characters of each text, at most.
 */
export function valuePair(
  before: ValueText,
  after: ValueText,
  longest: number,
): readonly [before: ValueText, after: ValueText] {
  if ((before?.length ?? 0) <= longest && (after?.length ?? 0) <= longest) return [before, after];
  const start = before === null || after === null ? 0 : Math.max(0, sameUntil(before, after) - kept);
  const short = (text: ValueText): ValueText => {
    if (text === null) return null;
    const front = start > 0 ? "…" : "";
    const rest = `${front}${text.slice(start)}`;
    return rest.length > longest ? `${rest.slice(0, longest - 1)}…` : rest;
  };
  return [short(before), short(after)];
}

function sameUntil(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}
