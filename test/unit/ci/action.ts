import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { parse } from "yaml";
import { projectRoot } from "../../../tools/paths";

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

/** What became of the steps, up to the first that failed. */
export interface ActionRun {
  readonly exitCode: number;
  /** Of all steps. */
  readonly log: string;
  /** What is on the run's page. */
  readonly summary: string;
}

/**
 * Runs the steps of an action of this repository as the runner does, each script in a shell of its own, with its expressions over inputs
 * and outputs of earlier steps put in. Steps that use another action are left out: what they set up is there.
 *
 * @param workspace the folder that they run in.
 */
export async function runAction(
  name: string,
  workspace: string,
  inputs: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv = {},
): Promise<ActionRun> {
  const action: Action = parse(readFileSync(join(projectRoot, ".github", "actions", name, "action.yml"), "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-runner-"));
  const [output, page] = [join(folder, "output"), join(folder, "summary")];
  const outputs = new Map<string, string>();
  const filledWith = (expression: string): string => {
    const [, input] = /^inputs\.([\w-]+)$/.exec(expression) ?? [];
    if (input !== undefined) return inputs[input] ?? action.inputs[input]?.default ?? "";
    const found = outputs.get(expression);
    if (found === undefined) throw new Error(`a step has the expression ${expression}, which nothing gives a value`);
    return found;
  };
  const filled = (text: string) => text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression) => filledWith(expression));
  let log = "";
  writeFileSync(page, "");
  try {
    for (const { id, run, env: own = {} } of action.runs.steps) {
      if (run === undefined) continue;
      writeFileSync(output, "");
      const { exitCode, all } = await execa("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], {
        ...{ cwd: workspace, reject: false, all: true },
        env: {
          ...env,
          ...Object.fromEntries(Object.entries(own).map(([key, text]) => [key, filled(text)])),
          ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: page },
        },
      });
      log += `${all}\n`;
      if (exitCode !== 0) return { exitCode, log, summary: readFileSync(page, "utf8") };
      for (const line of readFileSync(output, "utf8").split("\n")) {
        const [, key, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
        if (key !== undefined && value !== undefined) outputs.set(`steps.${id}.outputs.${key}`, value);
      }
    }
    return { exitCode: 0, log, summary: readFileSync(page, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
