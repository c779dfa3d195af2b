import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { parse, type SemVer } from "semver";
import type { Toolchain } from "../../tools/toolchain/toolchain";

/** Its constructor is private in its types alone. */
const Command = PulumiCommand as unknown as new (command: string, version: SemVer) => PulumiCommand;

/**
 * Pulumi's command line for the automation API. `PulumiCommand.get` runs `pulumi version`, which everything else waits for; of a tool
 * chain it is known which version it has.
 *
 * @param tools where it is. @default the one on PATH, which is asked
 */
export async function pulumiCommand(tools?: Pick<Toolchain, "binFolder" | "choices">): Promise<PulumiCommand> {
  const version = parse(tools?.choices.find(({ tool }) => tool === "pulumi")?.version);
  if (!tools || !version) return PulumiCommand.get({ skipVersionCheck: true });
  return new Command(join(tools.binFolder, "pulumi"), version);
}
