import { runDoctor } from "./doctor";
import { toolNeeds } from "./stack/needs";
import { readStack } from "./stack/read";

/** `lanes doctor` for a stack of this checkout. @returns whether nothing is missing. */
export async function doctor(options: { stack: string }): Promise<boolean> {
  return runDoctor({ needs: toolNeeds(readStack(options.stack)) });
}
