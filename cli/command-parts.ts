import { Option } from "commander";
import { allowFlag, allowVariable } from "../config/order/refusal";

/** Of every command that is about one stack. */
/** The stack of commands that name none. */
export const defaultStack = "dev";

export const stackOption = () =>
  new Option("-s, --stack <name>", "stack, as in Pulumi.<name>.yaml").default(defaultStack);

/** The command that brings a stack of this machine up. */
export function upCommand(stack: string): string {
  return stack === defaultStack ? "npm start" : `npx lanes up --stack ${stack}`;
}

/** Of commands that run `pulumi`, which takes it by its environment. */
export const unsafeOrderOption = () =>
  new Option(allowFlag, `make a change also where no order of its steps is safe; for plain pulumi ${allowVariable}=1`);

/** Exit code 1 where it went wrong; what has been printed is still written. */
export function setExit(ok: boolean): void {
  if (!ok) process.exitCode = 1;
}

/** Values of a flag that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
