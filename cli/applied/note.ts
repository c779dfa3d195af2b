import { appliedOutput } from "../../config/applied";
import { plainValue, type StateDeployment } from "../pulumi/pending";

/** The stack's outputs as its state has them; undefined where it has none. */
export function stackOutputs({ resources }: StateDeployment): Readonly<Record<string, unknown>> | undefined {
  return resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
}

/** What the last update noted of its config; of a state that was exported without its secrets nothing can be read. */
export function noteOf(state: StateDeployment): unknown {
  return plainValue(stackOutputs(state)?.[appliedOutput]);
}
