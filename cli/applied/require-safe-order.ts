import { appliedOutput, readableConfig } from "../../config/applied";
import { refusedUpdate } from "../../config/order/refusal";
import { type OrderedConfig, unsafeInOneUpdate } from "../../config/order/unsafe";
import { plainValue, type StateDeployment } from "../pulumi/pending";

/**
 * Refuses what no order of an update's steps makes safe, by what the stack's last update noted. Where that is not known, nothing.
 *
 * @param state as it was exported with its secrets; undefined where nobody has read it.
 * @throws UserError with the sequence to use.
 */
export function requireSafeOrder(state: StateDeployment | undefined, config: OrderedConfig): void {
  const outputs = state?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
  const before = readableConfig(plainValue(outputs?.[appliedOutput]));
  const unsafe = before ? unsafeInOneUpdate(before, config) : [];
  if (unsafe.length > 0) throw refusedUpdate(unsafe);
}
