import { plannedVersions } from "../../../components/lanes/analysis/access-log";
import { type HopCount, quantile, type Tally } from "../../../components/lanes/analysis/tally";
import type { LaneGroup } from "../../../components/lanes/spec";

/** What a rollout is at, as a terminal shows it. Times in milliseconds. */
export interface Picture {
  /** The lane that is rolled out. */
  readonly canary: string;
  readonly baseline: string;
  readonly steps: readonly number[];
  readonly doing: Doing;
  /** In the order of the group's services; none before the first look. */
  readonly hops: readonly HopPicture[];
  /** The last one, with its step; none before the first. */
  readonly verdict: readonly string[];
}

export type Doing =
  | { readonly what: "update"; readonly step: number | "promote" | "roll back"; readonly elapsed: number }
  | {
      readonly what: "watch";
      readonly step: number;
      readonly elapsed: number;
      readonly pause: number;
      readonly patience: number;
    };

/** What both lanes met at one service. */
export interface HopPicture {
  readonly service: string;
  readonly canary: Met;
  readonly baseline: Met;
}

export interface Met {
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds that 95 % of the good ones did not exceed. */
  readonly p95?: number;
}

/** The hops of a group, of which each lane has a version. */
export function hopPictures(group: LaneGroup, canary: string, baseline: string, tally: Tally): HopPicture[] {
  const planned = plannedVersions(group);
  return group.services.flatMap(({ name }) => {
    if (planned(canary, name) === undefined || planned(baseline, name) === undefined) return [];
    return [{ service: name, canary: met(tally.of(canary, name)), baseline: met(tally.of(baseline, name)) }];
  });
}

function met(hop: HopCount): Met {
  const p95 = quantile(hop, 0.95);
  return { requests: hop.requests, errors: hop.errors, ...(p95 !== undefined && { p95 }) };
}

/** How large a terminal is. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The picture in lines, none longer than the terminal is wide, and not as many as it is high, so that they can be drawn over.
 *
 * @example
 * step 10 % (1 of 3): 48 s left
 *          v2                             v1
 *          requests    errors      95 %   requests    errors      95 %
 *   mocka       120     0.0 %     12 ms      1,080     0.1 %     11 ms
 * last verdict: none yet
 */
export function pictureLines(picture: Picture, size: Size): string[] {
  const before = [doingText(picture)];
  const after = [
    `last verdict: ${picture.verdict[0] ?? "none yet"}`,
    ...picture.verdict.slice(1).map((line) => `  ${line}`),
  ];
  const room = size.rows - 1 - before.length - after.length;
  // A sign in the last column may put the cursor on the next line.
  const fits = (line: string) => line.length < size.columns;
  const wide = table(picture);
  const hops = [...wide.heads, ...wide.lines].every(fits) ? wide : list(picture);
  const lines = [...before, ...shortened(hops, room), ...after];
  return lines
    .slice(0, Math.max(1, size.rows - 1))
    .map((line) => (fits(line) ? line : `${line.slice(0, Math.max(0, size.columns - 2))}…`));
}

function doingText({ doing, steps }: Picture): string {
  if (doing.what === "update") {
    const step = typeof doing.step === "number" ? `step ${doing.step} %${placeOf(doing.step, steps)}` : doing.step;
    return `${step}: update, ${clock(doing.elapsed)}`;
  }
  const { step, elapsed, pause, patience } = doing;
  const left = pause - elapsed;
  const words =
    left > 0 ? `${clock(left)} left` : `waiting for more traffic, ${clock(Math.max(0, patience - elapsed))} left`;
  return `step ${step} %${placeOf(step, steps)}: ${words}`;
}

function placeOf(step: number, steps: readonly number[]): string {
  const at = steps.indexOf(step);
  return at < 0 ? "" : ` (${at + 1} of ${steps.length})`;
}

/** `48 s`, `2:05` */
function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 100) return `${seconds} s`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Lines of hops, of which some may be left out. */
interface Hops {
  readonly heads: readonly string[];
  readonly lines: readonly string[];
  /** Lines of one hop. */
  readonly each: number;
}

const cellWidth = 9;

function table({ hops, canary, baseline }: Picture): Hops {
  if (hops.length === 0) return { heads: [], lines: [], each: 1 };
  const width = Math.max(...hops.map(({ service }) => service.length));
  const row = (name: string, cells: readonly string[]) => `  ${name.padEnd(width)}${cells.join("")}`.trimEnd();
  const cells = (texts: readonly string[]) => texts.map((text) => text.padStart(cellWidth + 1)).join("");
  const block = cellWidth * 3 + 3;
  // The name of a lane stands over its three columns.
  const name = (lane: string) => `  ${lane}`.padEnd(block).slice(0, block);
  const heads = [row("", [name(canary), " ", name(baseline)]), row("", [cells(heading), " ", cells(heading)])];
  const lines = hops.map((hop) => row(hop.service, [cells(texts(hop.canary)), " ", cells(texts(hop.baseline))]));
  return { heads, lines, each: 1 };
}

const heading = ["requests", "errors", "95 %"];

function texts({ requests, errors, p95 }: Met): string[] {
  const share = requests === 0 ? "-" : `${((errors / requests) * 100).toFixed(1)} %`;
  return [requests.toLocaleString("en-US"), share, p95 === undefined ? "-" : `${p95} ms`];
}

/** For a terminal that is too narrow for the table. */
function list({ hops, canary, baseline }: Picture): Hops {
  const line = (lane: string, met: Met) => {
    const [requests, errors, p95] = texts(met);
    return `    ${lane} ${requests}, ${errors} errors, ${p95}`;
  };
  const lines = hops.flatMap((hop) => [`  ${hop.service}`, line(canary, hop.canary), line(baseline, hop.baseline)]);
  return { heads: [], lines, each: 3 };
}

/** As many hops as there is room for, and how many there are besides. */
function shortened({ heads, lines, each }: Hops, room: number): string[] {
  if (heads.length + lines.length <= room) return [...heads, ...lines];
  const shown = Math.max(0, Math.floor((room - heads.length - 1) / each));
  const rest = lines.length / each - shown;
  return [...heads, ...lines.slice(0, shown * each), `  and ${rest} more`].slice(-Math.max(0, room));
}
