import { diffMarkdown, escaped, fenced, folded, shortened } from "../diff/markdown";
import { printable } from "../diff/words";
import type { PreviewReport, ResourceChange } from "./report";
import { byCause, changeName, countWords, driftWords, fieldLines, refusedWords, signs } from "./words";

/** Characters of a folded list, of why a preview failed, and of one note; escapes are counted. */
const mostListed = 12_000;
const mostFailed = 4_000;
const mostNote = 400;

/** The report for a comment, within the bound of `diffMarkdown`: whether an update would be refused, lanes and risks, counts and drift, then the resources folded. */
export function previewMarkdown(report: PreviewReport, mermaid?: string): string {
  const { lanes, stack, mode, failed, changes, notes } = report;
  const { cluster, config } = byCause(changes);
  const what = mode === "offline" ? "Objects" : "Resources";
  const below =
    failed === null
      ? [
          `**${what}**: ${countWords(report)}`,
          ...(cluster.length > 0
            ? [
                "",
                `🟠 **${cluster.length} changed in the cluster** since the last update, which the next one takes back`,
              ]
            : []),
        ]
      : [
          "🔴 **`pulumi preview` failed**, so that only lanes are told:",
          "",
          fenced(shortened(printableLines(failed), mostFailed)),
        ];
  const shown = notes.slice(0, 10).map((note) => `- ${escaped(note, mostNote)}`);
  const more = notes.length > shown.length ? [`- and ${notes.length - shown.length} more notes`] : [];
  const lists = [
    ...listed(`Changed in the cluster: ${cluster.length}`, cluster, (change) => [
      `${changeName(change)}: ${driftWords(change)}`,
    ]),
    ...listed(`Changed by the config: ${config.length}`, config, (change) => [
      `${signs[change.operation]} ${changeName(change)}`,
      ...fieldLines(change).map((line) => `     ${line}`),
    ]),
  ];
  const refused = refusedWords(report);
  return diffMarkdown(lanes, {
    stack,
    ...(refused !== undefined && { above: [`🔴 **An update would be refused**: ${escaped(refused, mostNote * 2)}`] }),
    ...(mermaid !== undefined && { mermaid }),
    below: [...below, ...(shown.length > 0 ? ["", ...shown, ...more] : [])],
    sections: lists,
  });
}

function listed(
  title: string,
  changes: readonly ResourceChange[],
  lines: (change: ResourceChange) => string[],
): string[] {
  if (changes.length === 0) return [];
  let text = "";
  let told = 0;
  for (const change of changes) {
    const next = `${lines(change).map(printable).join("\n")}\n`;
    if (text.length + next.length > mostListed) break;
    text += next;
    told += 1;
  }
  const left = changes.length - told;
  return [folded(title, fenced(left > 0 ? `${text}and ${left} more: see the JSON` : text.trimEnd()))];
}

function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
