import type { Change, DiffReport } from "../../components/lanes/diff/report";
import { formatLaneTable } from "../../components/lanes/table";
import { replayLines } from "./requests/replay";
import { printable, riskWords, routesOf } from "./words";

/** GitHub takes at most 65,536 characters; the rest is for what others put around it. */
export const markdownLimit = 60_000;
/** Of which for the verdict and the risks; they are never cut, only told in fewer words. */
const risksLimit = 40_000;

const signs: Readonly<Record<Change["risk"], string>> = { danger: "🔴", care: "🟠", note: "⚪" };

export interface MarkdownExtras {
  readonly stack: string;
  /** A Mermaid flowchart of the lanes after the change. */
  readonly mermaid?: string;
  /** Lines below the risks, which are never cut; their writer keeps them short. */
  readonly below?: readonly string[];
  /** More folded sections, after those of the lanes. */
  readonly sections?: readonly string[];
}

/** The report for a comment: verdict and risks first, and as much of the rest as there is room for. */
export function diffMarkdown(report: DiffReport, extras: MarkdownExtras): string {
  const { stack, mermaid, below = [], sections: others = [] } = extras;
  const { verdict } = report;
  const title = `### Lanes of stack ${escaped(stack)}`;
  const from = `<sub>${escaped(report.before)} → ${escaped(report.after)}</sub>`;
  const same = verdict.risk === null;
  const told =
    verdict.risk === null
      ? `✅ ${escaped(verdict.text)}`
      : `${signs[verdict.risk]} **${escaped(shortened(verdict.text, 2000))}**`;
  const head = [title, "", told, "", from, ...(same ? [] : ["", ...changeRows(report.changes)])];
  const sections = [
    ...report.moves.map((_move, index) => moveSection(report, index)),
    ...tableSections(report),
    ...(mermaid === undefined
      ? []
      : [folded("Picture of the lanes after the change", fenced(mermaid.trimEnd(), "mermaid"))]),
    ...others,
  ];
  if (report.replay) {
    const [first = "", ...rest] = replayLines(report.replay).map((line) => escaped(shortened(line.trim(), 300)));
    head.push("", `**Requests that were sent**: ${first}`, "", ...rest.map((line) => `- ${line}`));
  }
  let text = `${[...head, ...(below.length > 0 ? ["", ...below] : [])].join("\n")}\n`;
  let left = 0;
  for (const section of sections) {
    // Room for the line that says what is left out.
    if (text.length + section.length + 200 > markdownLimit) left += 1;
    else text += `\n${section}`;
  }
  if (left > 0)
    text += `\n${left} more ${left === 1 ? "part is" : "parts are"} too long for a comment: \`lanes diff\` shows all.\n`;
  return text;
}

/** One row each; where that is too long, one for each kind and group, or at last one for each kind. */
function changeRows(changes: readonly Change[]): string[] {
  const rows = (lines: readonly (readonly [string, string, string])[]) => [
    "| | Group | Change |",
    "|---|---|---|",
    ...lines.map(([risk, group, text]) => `| ${risk} | ${escaped(group)} | ${escaped(text)} |`),
  ];
  const sign = (risk: Change["risk"]) => `${signs[risk]} ${riskWords[risk]}`;
  const all = rows(changes.map(({ risk, group, text }) => [sign(risk), group ?? "", shortened(text, 600)]));
  if (size(all) <= risksLimit) return all;
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
    more > 0 ? `${shortened(first.text, 300)} (and ${more} more of kind ${first.kind})` : shortened(first.text, 300);
  const byGroup = rows(
    counted(({ risk, kind, group }) => `${risk} ${kind} ${group}`).map((set) => [
      sign(set.first.risk),
      set.first.group ?? "",
      words(set),
    ]),
  );
  if (size(byGroup) <= risksLimit) return byGroup;
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

/** Text that Markdown, HTML and GitHub's mentions leave as it is. */
export function escaped(text: string): string {
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
