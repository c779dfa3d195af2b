import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";
import { Checkout } from "./checkout";

/** Stands for Pulumi's own start script: says what it was started with, then loads the program. */
const pulumiRun = `
  require("source-map-support/register");
  const promiseStack = (function debuggablePromise() { return new Error("made").stack; })();
  const place = (function callsites() { return new Error().stack; })();
  const { PULUMI_NODEJS_TYPESCRIPT: typescript } = process.env;
  const seen = { typescript, arguments: process.argv.slice(2), promiseStack, place };
  if (typescript !== "true") seen.program = require(process.cwd() + "/index.ts").stack;
  console.log(JSON.stringify(seen));
`;

interface Seen {
  readonly typescript?: string;
  readonly arguments: readonly string[];
  readonly promiseStack: string;
  readonly place: string;
  readonly program?: string;
}

describe("run-program", function () {
  this.timeout(60_000);
  let checkout: Checkout;
  let other: Checkout;

  beforeEach(() => {
    checkout = new Checkout(["@swc", "source-map-support", "source-map", "buffer-from"]);
    other = new Checkout(["source-map-support", "source-map", "buffer-from"]);
    for (const { write } of [checkout, other].map((each) => ({ write: each.write.bind(each) }))) {
      write("node_modules/@pulumi/pulumi/package.json", `{ "main": "index.js" }`);
      write("node_modules/@pulumi/pulumi/index.js", "");
      write("node_modules/@pulumi/pulumi/cmd/run/index.js", pulumiRun);
      write("index.ts", `interface Nothing {}\n\nexport const stack = new Error("here").stack;\n`);
    }
  });

  afterEach(() => {
    checkout.remove();
    other.remove();
  });

  /** As a language host runs it: in the program's folder. */
  async function run(cwd: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Seen> {
    const script = join(checkout.root, "bin", "run-program.js");
    const typescript = { PULUMI_NODEJS_TYPESCRIPT: "true", ...env };
    const { stdout } = await execa(process.execPath, [script, ...args], { cwd, env: typescript });
    return JSON.parse(stdout);
  }

  it("runs the program of its checkout without Pulumi's TypeScript, with the lines of the sources", async () => {
    const seen = await run(checkout.root, ["--pwd", checkout.root, "--stack", "dev", "index.ts"]);
    assert.equal(seen.typescript, undefined);
    assert.deepEqual(seen.arguments, ["--pwd", checkout.root, "--stack", "dev", "index.ts"]);
    assert.match(seen.program ?? "", /^Error: here\n {4}at .*index\.ts:3:22\)?\n/);
  });

  it("leaves out the stack of a promise, unless Pulumi looks for leaks", async () => {
    assert.equal((await run(checkout.root)).promiseStack, "Error: made");
    const { promiseStack } = await run(checkout.root, [], { PULUMI_DEBUG_PROMISE_LEAKS: "true" });
    assert.match(promiseStack, /^Error: made\n {4}at debuggablePromise \(/);
  });

  it("leaves out the place of each resource in the program, which would be a tenth of the state", async () => {
    assert.equal((await run(checkout.root)).place, "Error");
    assert.match((await run(other.root)).place, /^Error: ?\n {4}at callsites \(/);
  });

  it("leaves another project to Pulumi", async () => {
    for (const [cwd, args] of [
      [other.root, []],
      [checkout.root, ["--pwd", other.root]],
    ] as const) {
      const seen = await run(cwd, args);
      assert.equal(seen.typescript, "true");
      assert.match(seen.promiseStack, /^Error: made\n {4}at debuggablePromise \(/);
    }
  });

  it("starts Pulumi's real script", async () => {
    const script = join(projectRoot, "bin", "run-program.js");
    const { stderr, exitCode } = await execa(process.execPath, [script], { cwd: projectRoot, reject: false });
    assert.match(stderr, /^error: --monitor=addr must be provided\.\nusage: RUN/);
    assert.equal(exitCode, 255);
  });
});
