import type { LaneGroup } from "../components/lanes/spec";
import { didYouMean } from "../components/lanes/suggest";
import { layoutTopology } from "../components/lanes/topology/layout";
import { mermaidEdgeLimit, renderMermaid } from "../components/lanes/topology/mermaid";
import { topologyOf } from "../components/lanes/topology/model";
import { renderSvg } from "../components/lanes/topology/svg";
import { writeOrTell } from "../tools/disk/write-or-tell";
import { type Problem, UserError } from "../tools/user-error";
import { unknownGroups } from "./choose-groups";
import { readStack } from "./stack/read";

export interface TopologyOptions {
  readonly stack: string;
  /** Names of lane groups; default: all of the stack. */
  readonly group?: readonly string[];
  readonly format: string;
  /** A file to write; default: stdout. */
  readonly output?: string;
}

const formats = ["svg", "mermaid"] as const;
type Format = (typeof formats)[number];

/**
 * `lanes topology`: the lane groups of a stack as a picture, from config alone, to a file or to stdout.
 *
 * @throws UserError with every flag that is wrong, or when the file cannot be written.
 */
export function topology(options: TopologyOptions): void {
  const text = topologyText(options, (stack) => readStack(stack).laneGroups, warn);
  if (options.output === undefined) {
    process.stdout.write(text);
    return;
  }
  const told = { summary: "the picture cannot be written", path: "--output", fix: "Name another file." };
  writeOrTell(options.output, text, told);
}

/** The picture's text. @throws UserError with every flag that is wrong. */
export function topologyText(
  options: Omit<TopologyOptions, "output">,
  groupsOf: (stack: string) => readonly LaneGroup[],
  note: (line: string) => void,
): string {
  const problems: Problem[] = [];
  const format = formats.find((known) => known === options.format);
  if (!format) {
    const fix = didYouMean(options.format, formats, "Use svg for a file, mermaid for Markdown.");
    problems.push({ path: "--format", got: `got "${options.format}"`, expected: formats.join(" or "), fix });
  }
  let groups: readonly LaneGroup[] = [];
  try {
    const all = groupsOf(options.stack);
    problems.push(...unknownGroups(all, options.group));
    groups = all.filter((group) => options.group?.includes(group.name) ?? true);
  } catch (error) {
    if (!(error instanceof UserError) || problems.length === 0) throw error;
    problems.push(...error.problems);
  }
  if (!format || problems.length > 0) throw new UserError("lanes topology cannot run like this", problems);
  if (groups.length === 0) throw new UserError(`stack ${options.stack} has no lane group to show`);
  return render(format, groups, note);
}

function render(format: Format, groups: readonly LaneGroup[], note: (line: string) => void): string {
  const topologies = groups.map(topologyOf);
  switch (format) {
    case "svg":
      return renderSvg(topologies.map(layoutTopology));
    case "mermaid": {
      const { text, edges } = renderMermaid(topologies);
      if (edges > mermaidEdgeLimit) {
        note(`${edges} edges: GitHub draws at most ${mermaidEdgeLimit}; choose groups with --group, or --format svg`);
      }
      return text;
    }
    default:
      return format satisfies never;
  }
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`);
}
