import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandRunner, type RunCommand } from "../../../../tools/kind/commands";

/** What a fake program answers when its arguments begin with `args`. */
export interface FakeAnswer {
  readonly args: string;
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** A folder with executables that write down how they were called and answer from a list. */
export class FakeCommands {
  private readonly folder = mkdtempSync(join(tmpdir(), "fake-commands-"));
  private readonly log = join(this.folder, "calls");
  /** Runs programs of that folder only. */
  public readonly run: RunCommand = commandRunner({ PATH: this.folder });

  public constructor() {
    writeFileSync(this.log, "");
  }

  /** Adds a program. A call that no answer fits exits with 0 and says nothing. */
  public add(program: string, answers: readonly FakeAnswer[]): void {
    const file = join(this.folder, program);
    writeFileSync(
      file,
      `#!${process.execPath}
const args = process.argv.slice(2).join(" ");
const input = require("node:fs").readFileSync(0, "utf8");
require("node:fs").appendFileSync(${JSON.stringify(this.log)}, JSON.stringify({ call: ${JSON.stringify(program)} + " " + args, input }) + "\\n");
const answer = ${JSON.stringify(answers)}.find((each) => args.startsWith(each.args)) ?? {};
process.stdout.write(answer.stdout ?? "");
process.stderr.write(answer.stderr ?? "");
process.exitCode = answer.code ?? 0;
`,
    );
    chmodSync(file, 0o755);
  }

  /** All calls so far, e.g. `kind get kubeconfig --name x`. */
  public calls(): string[] {
    return this.lines().map(({ call }) => call);
  }

  /** What the call that begins with `call` got on stdin. */
  public input(call: string): string | undefined {
    return this.lines().find((line) => line.call.startsWith(call))?.input;
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private lines(): { call: string; input: string }[] {
    const text = readFileSync(this.log, "utf8").trim();
    return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line));
  }
}
