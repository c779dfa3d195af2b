import { Option } from "commander";

/** Of every command that is about one stack. */
export const stackOption = () => new Option("-s, --stack <name>", "stack, as in Pulumi.<name>.yaml").default("dev");

/** Exit code 1 where it went wrong; what has been printed is still written. */
export function setExit(ok: boolean): void {
  if (!ok) process.exitCode = 1;
}

/** Values of a flag that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
