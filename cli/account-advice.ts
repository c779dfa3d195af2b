import { existsSync, readFileSync } from "node:fs";
import { type Advice, adviceOn } from "../tools/alibaba/failures";
import { type Problem, UserError } from "../tools/user-error";
import { asRecord, fromJson } from "../tools/values";

/**
 * What to do about an update in an account that failed, out of the engine's event log (a JSON object a line).
 *
 * @returns undefined where nothing is known about the errors in it.
 */
export function accountAdvice(eventLog: string): UserError | undefined {
  const errors = eventLog.split("\n").flatMap((line) => {
    const { message, severity } = asRecord(asRecord(fromJson(line)).diagnosticEvent);
    return severity === "error" && typeof message === "string" ? [message.replace(/<\{%[^%]*%\}>/g, "")] : [];
  });
  const advice = adviceOn(errors.join("\n"));
  if (advice.length === 0) return undefined;
  return new UserError("What the account refused, and what to do:", advice.map(problem));
}

/** The same of a file, which an update that was killed early has not written. */
export function accountAdviceIn(file: string): UserError | undefined {
  return existsSync(file) ? accountAdvice(readFileSync(file, "utf8")) : undefined;
}

function problem({ got, expected, fix }: Advice): Problem {
  return { path: "Alibaba Cloud", got, expected, fix };
}
