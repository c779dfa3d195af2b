import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";
import { goEnvironment } from "../../../tools/toolchain/go";
import { pins } from "../../../tools/toolchain/pins";

/* Tools of these tests alone: nothing that this project runs needs them. Go builds them, or takes what it has in its cache. */

interface GoTool {
  readonly name: string;
  /** What `go get` is told to fetch. */
  readonly source: string;
  /** What is built: `.` for a program of ours in the module. */
  readonly program: string;
}

const yamlProgram = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml";
const yamlHost: GoTool = { name: "pulumi-language-yaml", source: `${yamlProgram}@v1.25.0`, program: yamlProgram };

/** The last version whose host for Python lies inside the sdk module, as that for Node.js. */
const sdkModule = "github.com/pulumi/pulumi/sdk/v3";
const pythonProgram = `${sdkModule}/python/cmd/pulumi-language-python`;
const pythonHost: GoTool = {
  name: "pulumi-language-python",
  source: `${pythonProgram}@v${pins.languageHost}`,
  program: pythonProgram,
};

/**
 * Newer than the engine: built with Go 1.26 or later, the generators before pulumi/pulumi#21835 write `./types/input` for
 * `../types/input` into SDKs for TypeScript. Published engines of that time were built with an earlier Go.
 */
const generator: GoTool = {
  name: "generate-sdks",
  source: "github.com/pulumi/pulumi/pkg/v3@v3.276.0",
  program: ".",
};

/** Runs Go in a folder, in whose module it may write down what it needs. @returns what it prints. */
export async function go(folder: string, ...args: string[]): Promise<string> {
  // The modules are made here, so that there is no lock file to keep: Go's checksum database vouches for what it loads.
  const env = { ...goEnvironment(process.env), GOFLAGS: "-mod=mod -buildvcs=false" };
  const { stdout } = await execa("nice", ["-n", "19", "go", ...args], { cwd: folder, env, extendEnv: false });
  return stdout;
}

/** @param files of a program of ours. @returns the folder of its module. */
async function build(bin: string, { name, source, program }: GoTool, files: readonly string[] = []): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `mesh-lanes-${name}-`));
  writeFileSync(join(folder, "go.mod"), `module ${name}\n\ngo 1.26\n`);
  for (const file of files) copyFileSync(file, join(folder, "main.go"));
  await go(folder, "get", ...(program === "." ? [] : ["-tool"]), source);
  await go(folder, "build", "-o", join(bin, name), program);
  return folder;
}

/**
 * Builds Pulumi's language hosts for YAML and Python: some minutes and 1 GB the first time.
 *
 * @returns the folder where they are, for PATH.
 */
export async function buildHosts(): Promise<string> {
  const bin = mkdtempSync(join(tmpdir(), "mesh-lanes-hosts-"));
  await build(bin, yamlHost);
  const module = await build(bin, pythonHost);
  const sdk = (await go(module, "list", "-m", "-f", "{{.Dir}}", sdkModule)).trim();
  // The host starts it from its own folder.
  const starter = "pulumi-language-python-exec";
  const text = readFileSync(join(sdk, "python", "cmd", starter));
  writeFileSync(join(bin, starter), text, { mode: 0o755 });
  return bin;
}

/** Generates the SDKs of this package: folders `nodejs`, `python` and `go` in the one that is named. */
export async function generateSdks(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await build(folder, generator, [join(__dirname, "generate-sdks", "main.go")]);
  const schema = join(projectRoot, "plugin", "schema.json");
  await execa(join(folder, generator.name), [schema, folder]);
}
