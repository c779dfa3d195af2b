import type { DiffReport } from "../../components/lanes/diff/report";
import { formatLaneTable } from "../../components/lanes/table";
import { replayLines } from "./requests/replay";
import { printable, riskWords, routesOf } from "./words";

/** The report for a terminal, without a line break at its end. */
export function diffText(report: DiffReport, stack: string): string {
  const { verdict, changes, tables } = report;
  const width = Math.max(0, ...changes.map(({ risk }) => riskWords[risk].length));
  const title = `stack ${stack}: ${report.before} -> ${report.after}`;
  const replayed = report.replay ? ["", ...replayLines(report.replay)] : [];
  if (verdict.risk === null) return printableLines([title, verdict.text, ...replayed]);
  return printableLines([
    title,
    `${riskWords[verdict.risk]}: ${verdict.text}`,
    ...replayed,
    "",
    ...changes.map(({ risk, group, text, move }) => {
      const shown = move === null ? "" : ` [${move + 1}]`;
      return `${riskWords[risk].padEnd(width)}  ${group === null ? "" : `${group}: `}${text}${shown}`;
    }),
    ...report.moves.flatMap((_move, index) => ["", ...moveLines(report, index)]),
    ...tableLines("before", tables.before),
    ...tableLines("after", tables.after),
  ]);
}

function moveLines(report: DiffReport, index: number): string[] {
  const move = report.moves[index];
  const region = move?.regions[0];
  if (!move || !region) return [];
  const routes = routesOf(report, region);
  const more = move.regions.length - 1;
  return [
    `[${index + 1}] ${move.group}: ${move.text}`,
    `    ${region.witness ? region.witness.curl : "no request was found that shows it; it may be that nobody can send one"}`,
    ...labelled("before", routes.before),
    ...labelled("after", routes.after),
    ...(more > 0
      ? [`    and ${more} more ${more === 1 ? "kind" : "kinds"} of requests, each with a request that shows it: --json`]
      : []),
  ];
}

function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `    ${(index === 0 ? label : "").padEnd(6)}  ${line}`);
}

function tableLines(title: string, tables: DiffReport["tables"]["before"]): string[] {
  return tables.flatMap((table) => ["", `${title}: ${formatLaneTable(table)}`]);
}

function printableLines(lines: readonly string[]): string {
  return lines
    .flatMap((line) => line.split("\n"))
    .map(printable)
    .join("\n");
}
