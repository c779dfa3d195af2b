import { diffText } from "../diff/text";
import { printable } from "../diff/words";
import type { PreviewReport, ResourceChange } from "./report";
import { byCause, changeName, countWords, driftWords, fieldLines, refusedWords, signs } from "./words";

/** More than these are for `--json`. */
const mostChanges = 30;
const mostFields = 5;

/** The report for a terminal, without a line break at its end: whether an update would be refused, lanes, resources. */
export function previewText(report: PreviewReport): string {
  const { lanes, stack, mode, failed, changes, notes } = report;
  const { cluster, config } = byCause(changes);
  const what = mode === "offline" ? "objects" : "resources";
  const resources =
    failed === null
      ? [
          `${what}: ${countWords(report)}`,
          ...section(
            "changed in the cluster since the last update, which the next one takes back",
            cluster,
            (change) => [`  ${changeName(change)}: ${driftWords(change)}`],
          ),
          ...section("changed by the config", config, (change) => configLines(change)),
        ]
      : [`pulumi preview failed, so that only lanes are told:`, ...failed.split("\n").map((line) => `  ${line}`)];
  const more = notes.map((note) => (note.startsWith("warning: ") ? note : `note: ${note}`));
  const below = [...resources, ...(more.length > 0 ? ["", ...more] : [])];
  const refused = refusedWords(report);
  const top = refused === undefined ? [] : [printable(`An update would be REFUSED: ${refused}`)];
  return [...top, diffText(lanes, stack), "", ...below.map(printable)].join("\n");
}

function section(
  title: string,
  changes: readonly ResourceChange[],
  lines: (change: ResourceChange) => string[],
): string[] {
  if (changes.length === 0) return [];
  const left = changes.length - mostChanges;
  return [
    "",
    `${title}: ${changes.length}`,
    ...changes.slice(0, mostChanges).flatMap(lines),
    ...(left > 0 ? [`  and ${left} more: --json`] : []),
  ];
}

function configLines(change: ResourceChange): string[] {
  const lines = fieldLines(change);
  const left = lines.length - mostFields;
  return [
    `  ${signs[change.operation].padEnd(2)} ${changeName(change)}`,
    ...lines.slice(0, mostFields).map((line) => `       ${line}`),
    ...(left > 0 ? [`       and ${left} more fields: --json`] : []),
  ];
}
