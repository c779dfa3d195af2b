import { type Problem, UserError } from "../../tools/user-error";
import { isRecord } from "../../tools/values";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema, type MeshKind, readLaneGroup } from "./spec";
import { judgeLaneGroups, type PlacedInput } from "./validate";
import { toProblems } from "./zod-problems";

/** How lane groups are judged. */
export interface ParseOptions {
  /**
   * The kind of mesh that they are to run on. What it cannot do is a problem.
   * @default "istio"
   */
  readonly mesh?: MeshKind;
  /**
   * What messages name the groups by: `laneGroups[0].baseline`.
   * @default "laneGroups"; "laneGroup" for a single one
   */
  readonly path?: string;
}

/**
 * Lane groups as a user writes them -> complete and valid ones, which `LaneGroup` takes. They are judged together: two groups
 * may not have one service, nor rules at the gateway of which one would never be taken.
 *
 * @throws UserError with every problem of all groups at once.
 * @example const [shop, search] = parseLaneGroups([shopInput, searchInput], { mesh: "asm" });
 */
export function parseLaneGroups(
  inputs: readonly LaneGroupInput[],
  { mesh, path = "laneGroups" }: ParseOptions = {},
): LaneGroup[] {
  const located = inputs.map((input, index) => ({ input, path: `${path}[${index}]` }));
  refuseProblems(located, mesh);
  return inputs.map((input) => laneGroupSchema.parse(input));
}

/**
 * A lane group as a user writes it -> a complete and valid one, which `LaneGroup` takes.
 *
 * @throws UserError with every problem at once.
 * @example const shop = parseLaneGroup({ name: "shop", mode: "strict", services, entry, baseline: "v1", lanes: [{ name: "v1" }] });
 */
export function parseLaneGroup(input: LaneGroupInput, { mesh, path = "laneGroup" }: ParseOptions = {}): LaneGroup {
  refuseProblems([{ input, path }], mesh);
  return laneGroupSchema.parse(input);
}

interface Located {
  /** Whatever it is: a program in JavaScript has no types. */
  readonly input: unknown;
  readonly path: string;
}

/** Groups of the wrong shape are told, and those of the right one are judged with one another all the same. */
function refuseProblems(located: readonly Located[], mesh: MeshKind | undefined): void {
  const shaped = located.flatMap(({ input, path }): PlacedInput[] => {
    const read = readLaneGroup(input);
    return read ? [{ path, ...read }] : [];
  });
  const problems = [...located.flatMap(shapeProblems), ...judgeLaneGroups(shaped, mesh)];
  if (problems.length === 0) return;
  const what = located.length === 1 ? "The lane group has" : "The lane groups have";
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  throw new UserError(`${what} ${count}.`, problems);
}

function shapeProblems({ input, path }: Located): Problem[] {
  const outputs = outputsIn(input, path);
  if (outputs.length > 0) return outputs;
  const { success, error } = laneGroupSchema.safeParse(input);
  if (success) return [];
  return toProblems(laneGroupSchema, input, error).map((problem) => ({
    ...problem,
    path: problem.path === "" ? path : `${path}.${problem.path}`,
  }));
}

/** Outputs of Pulumi are objects too, and would be told as values of the wrong shape. */
function outputsIn(value: unknown, path: string): Problem[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => outputsIn(item, `${path}[${index}]`));
  // An output is a function or an object, by the version of Pulumi.
  if (isOutput(value)) {
    const fix = "Write the value, or read it from the stack's config.";
    return [
      {
        path,
        got: "an output of a resource",
        expected: "a value that is known before the update: the number of objects depends on it",
        fix,
      },
    ];
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => outputsIn(item, `${path}.${key}`));
}

function isOutput(value: unknown): boolean {
  const isHolder = (typeof value === "object" && value !== null) || typeof value === "function";
  return isHolder && Reflect.get(value as object, "__pulumiOutput") === true;
}
