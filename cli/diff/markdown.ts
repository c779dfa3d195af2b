import type { Change, DiffReport } from "../../components/lanes/diff/report";
import { formatLaneTable } from "../../components/lanes/table";
import { replayLines } from "./requests/replay";
import { printable, riskWords, routesOf } from "./words";

/** GitHub takes at most 65,536 characters; the rest is for what others put around it. */
export const markdownLimit = 60_000;
/** Of which for the risks, where the rest leaves it; they are never cut, only told in fewer words. */
const risksLimit = 40_000;
/** Room for the line that says what is left out. */
const leftLimit = 200;

const signs: Readonly<Record<Change["risk"], string>> = { danger: "🔴", care: "🟠", note: "⚪" };

export interface MarkdownExtras {
  readonly stack: string;
  /** A Mermaid flowchart of the lanes after the change. */
  readonly mermaid?: string;
  /** Lines above the verdict, which are never cut; few. */
  readonly above?: readonly string[];
  /** Lines below the risks, which are never cut; their writer keeps them below 15,000 characters. */
  readonly below?: readonly string[];
  /** More folded sections, after those of the lanes. */
  readonly sections?: readonly string[];
}

/** The report for a comment: verdict and risks first, and as much of the rest as there is room for. */
export function diffMarkdown(report: DiffReport, extras: MarkdownExtras): string {
  const { stack, mermaid, above = [], below = [], sections: others = [] } = extras;
  const { verdict } = report;
  const title = `### Lanes of stack ${escaped(stack, 500)}`;
  const from = `<sub>${escaped(report.before, 500)} → ${escaped(report.after, 500)}</sub>`;
  const { risk } = verdict;
  const same = risk === null;
  const told = same ? `✅ ${escaped(verdict.text, 3000)}` : `${signs[risk]} **${escaped(verdict.text, 3000)}**`;
  const top = [title, "", ...above.flatMap((line) => [line, ""]), told, "", from];
  const under = [...replayRows(report), ...(below.length > 0 ? ["", ...below] : [])];
  const rowsLimit = Math.min(risksLimit, markdownLimit - leftLimit - size(top) - size(under));
  const head = [...top, ...(same ? [] : ["", ...changeRows(report.changes, rowsLimit)]), ...under];
  const sections = [
    ...report.moves.map((_move, index) => moveSection(report, index)),
    ...tableSections(report),
    ...(mermaid === undefined
      ? []
      : [folded("Picture of the lanes after the change", fenced(mermaid.trimEnd(), "mermaid"))]),
    ...others,
  ];
  let text = `${head.join("\n")}\n`;
  let left = 0;
  for (const section of sections) {
    if (text.length + section.length + leftLimit > markdownLimit) left += 1;
    else text += `\n${section}`;
  }
  if (left > 0)
    text += `\n${left} more ${left === 1 ? "part is" : "parts are"} too long for a comment: \`lanes diff\` shows all.\n`;
  return text;
}

function replayRows({ replay }: DiffReport): string[] {
  if (!replay) return [];
  const [first = "", ...rest] = replayLines(replay).map((line) => escaped(line.trim(), 400));
  return ["", `**Requests that were sent**: ${first}`, "", ...rest.map((line) => `- ${line}`)];
}

/** One row each; where that is too long, one for each kind and group, or at last one for each kind. */
function changeRows(changes: readonly Change[], most: number): string[] {
  const rows = (lines: readonly (readonly [string, string, string])[]) => [
    "| | Group | Change |",
    "|---|---|---|",
    ...lines.map(([risk, group, text]) => `| ${risk} | ${escaped(group, 300)} | ${text} |`),
  ];
  const sign = (risk: Change["risk"]) => `${signs[risk]} ${riskWords[risk]}`;
  const all = rows(changes.map(({ risk, group, text }) => [sign(risk), group ?? "", escaped(text, 800)]));
  if (size(all) <= most) return all;
  const counted = (key: (change: Change) => string) => {
    const sets = new Map<string, { first: Change; more: number }>();
    for (const change of changes) {
      const known = sets.get(key(change));
      if (known) known.more += 1;
      else sets.set(key(change), { first: change, more: 0 });
    }
    return [...sets.values()];
  };
  const words = ({ first, more }: { first: Change; more: number }) =>
    `${escaped(first.text, 300)}${more > 0 ? escaped(` (and ${more} more of kind ${first.kind})`) : ""}`;
  const byGroup = rows(
    counted(({ risk, kind, group }) => `${risk} ${kind} ${group}`).map((set) => [
      sign(set.first.risk),
      set.first.group ?? "",
      words(set),
    ]),
  );
  if (size(byGroup) <= most) return byGroup;
  return rows(counted(({ risk, kind }) => `${risk} ${kind}`).map((set) => [sign(set.first.risk), "", words(set)]));
}

function moveSection(report: DiffReport, index: number): string {
  const move = report.moves[index];
  const region = move?.regions[0];
  if (!move || !region) return "";
  const routes = routesOf(report, region);
  const more = move.regions.length - 1;
  const lines = [
    region.witness ? region.witness.curl : "# no request was found that shows it",
    ...routes.before.map((line) => `# before  ${line}`),
    ...routes.after.map((line) => `# after   ${line}`),
    ...(more > 0 ? [`# and ${more} more ${more === 1 ? "kind" : "kinds"} of requests`] : []),
  ];
  return folded(
    `${escaped(move.group)}: ${escaped(shortened(move.text, 300))}`,
    fenced(lines.map(printable).join("\n"), "sh"),
  );
}

function tableSections({ tables }: DiffReport): string[] {
  const names = [...new Set([...tables.before, ...tables.after].map(({ group }) => group))];
  return names.map((name) => {
    const of = (side: "before" | "after") => {
      const table = tables[side].find(({ group }) => group === name);
      return table ? [`${side}: ${formatLaneTable(table)}`] : [];
    };
    return folded(`Lane table of ${escaped(name)}`, fenced([...of("before"), ...of("after")].join("\n\n")));
  });
}

export function folded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n</details>\n`;
}

export function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Text that Markdown, HTML and GitHub's mentions leave as it is, of at most so many characters with the escapes counted. */
export function escaped(text: string, most = Number.POSITIVE_INFINITY): string {
  const whole = escapes(shortened(text, most));
  if (whole.length <= most) return whole;
  let told = "";
  for (const character of text) {
    const next = escapes(character);
    if (told.length + next.length >= most) break;
    told += next;
  }
  return `${told}…`;
}

function escapes(text: string): string {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_{}[\]()#|~]/g, "\\$&")
    .replaceAll("@", "@\u200b");
}

export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function size(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
