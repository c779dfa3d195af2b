import assert from "node:assert/strict";
import { type Problem, UserError } from "../../tools/user-error";

/** The problems of the UserError that this throws; none when it throws nothing. @throws whatever else it throws */
export function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.problems;
  }
  return [];
}
