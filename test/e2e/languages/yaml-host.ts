import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { goEnvironment } from "../../../tools/toolchain/go";

/** A tool of this test alone: nothing that this project runs needs it. */
const version = "v1.25.0";
const program = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml";

/**
 * Builds Pulumi's language host for YAML, or takes what Go has in its cache: some minutes and 1 GB the first time.
 *
 * @returns the folder where it is, for PATH.
 */
export async function buildYamlHost(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-yaml-host-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(folder, "go.mod"), "module yaml-host\n\ngo 1.26\n");
  // The module is made here, so that there is no lock file to keep: Go's checksum database vouches for what it loads.
  const env = { ...goEnvironment(process.env), GOFLAGS: "-mod=mod -buildvcs=false" };
  const go = (...args: string[]) => execa("nice", ["-n", "19", "go", ...args], { cwd: folder, env, extendEnv: false });
  await go("get", "-tool", `${program}@${version}`);
  await go("build", "-o", join(bin, "pulumi-language-yaml"), program);
  return bin;
}
