/** Lines around a change that are shown with it. */
const context = 2;

type Line = { readonly sign: " " | "-" | "+"; readonly text: string };

/** What changed between two texts, as `diff -u` shows it. */
export function lineDiff(name: string, before: string, after: string): string {
  const lines = compared(linesOf(before), linesOf(after));
  const shown = lines.map((_line, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ sign }) => sign !== " "),
  );
  const result = [`--- ${name}`, `+++ ${name}`];
  let [old, now] = [1, 1];
  lines.forEach(({ sign, text }, index) => {
    if (shown[index]) {
      if (!shown[index - 1]) result.push(`@@ line ${sign === "+" ? now : old} @@`);
      result.push(`${sign}${text}`);
    }
    if (sign !== "+") old += 1;
    if (sign !== "-") now += 1;
  });
  return result.join("\n");
}

/** A line break at the end begins no line. */
function linesOf(text: string): string[] {
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/** Edits are small: what is the same at both ends is left out of the search for the longest common lines. */
function compared(before: readonly string[], after: readonly string[]): Line[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (text: string): Line => ({ sign: " ", text });
  return [
    ...before.slice(0, head).map(same),
    ...common(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function common(before: readonly string[], after: readonly string[]): Line[] {
  // lengths[i][j]: of the longest common lines of what follows i and j.
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row) row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  for (let [i, j] = [0, 0]; i < before.length || j < after.length; ) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now) {
      lines.push({ sign: " ", text: old });
      i += 1;
      j += 1;
    } else if (old !== undefined && (now === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: "-", text: old });
      i += 1;
    } else {
      lines.push({ sign: "+", text: now ?? "" });
      j += 1;
    }
  }
  return lines;
}
