/** One thing that is wrong with what the user gave us. */
export interface Problem {
  /** Where: a config path such as `laneGroups[0].lanes[1].weight`, a flag, or a tool's name. */
  readonly path: string;
  /** What is wrong, with the value that was got. */
  readonly got: string;
  /** What would be right. */
  readonly expected: string;
  /** What to do about it: one imperative sentence. */
  readonly fix: string;
}

/**
 * An error that a user can fix. It is printed without a stack trace and ends the process with exit code 1.
 * It lists every problem at once, so that nobody fixes them one by one.
 */
export class UserError extends Error {
  public override readonly name = "UserError";

  public constructor(
    public readonly summary: string,
    public readonly problems: readonly Problem[] = [],
  ) {
    super([summary, ...problems.map(formatProblem)].join("\n"));
  }
}

function formatProblem(problem: Problem): string {
  return `  ${problem.path}: ${problem.got}\n    expected: ${problem.expected}\n    fix: ${problem.fix}`;
}
