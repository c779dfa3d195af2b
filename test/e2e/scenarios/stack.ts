import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { projectRoot, workFolder } from "../../../tools/paths";
import { fromAnything, keep } from "../suite-stack";
import { lanes, type RunResult, removeStackFile, run, stack, stackEnvironment, writeStack } from "../support";
import { scenarioFiles } from "./scenario-groups";

/** The stack with all five scenarios on one mesh, once it is up. */
export class ScenarioStack {
  private constructor(
    /** What `pulumi` and `kubectl` need to work on it. */
    public readonly environment: NodeJS.ProcessEnv,
    private readonly urls: Readonly<Record<string, string>>,
    /** TLS secret -> PEM of the authority that a client must trust. */
    public readonly authorities: Readonly<Record<string, string>>,
  ) {}

  /** Makes the stack, and proves those of its lanes that `lanes up` can prove. */
  public static async bringUp(): Promise<ScenarioStack> {
    await applyScenarios();
    return ScenarioStack.read();
  }

  /** What the stack puts out now. */
  public static async read(): Promise<ScenarioStack> {
    const env = await stackEnvironment();
    const { exitCode, stdout, stderr } = await run("pulumi", ["stack", "output", "--json", "--stack", stack], env);
    assert.equal(exitCode, 0, stderr);
    const { gatewayUrls, tlsAuthorities } = JSON.parse(stdout);
    return new ScenarioStack(env, gatewayUrls, tlsAuthorities);
  }

  /** URL of a gateway's port, by `namespace/name/port`. */
  public url(port: string): string {
    const url = this.urls[port];
    assert.ok(url, `no gateway port ${port} among ${Object.keys(this.urls).join(", ")}`);
    return url;
  }

  /** kubectl with the stack's kubeconfig. @returns what it printed. @throws when it fails. */
  public async kubectl(...args: string[]): Promise<string> {
    return runKubectl({ flags: [], env: this.environment }, args, { timeoutSeconds: 200 });
  }

  /** Sets the number of a Deployment's pods, and waits until they are ready or gone. */
  public async scale(namespace: string, deployment: string, replicas: number): Promise<void> {
    await this.kubectl("scale", `deployment/${deployment}`, "--namespace", namespace, `--replicas=${replicas}`);
    await this.kubectl("rollout", "status", `deployment/${deployment}`, "--namespace", namespace, "--timeout=120s");
  }
}

type ScenarioFile = (typeof scenarioFiles)[number];

/** `lanes up` with all scenarios, from what another file left. With other files for some it is a change of what runs, and is not proven again. */
export async function applyScenarios(
  files?: Partial<Record<ScenarioFile, string>>,
  expected: { readonly exitCode: number } = { exitCode: 0 },
): Promise<RunResult> {
  const included = scenarioFiles.map((file) => files?.[file] ?? file);
  writeStack((config) => config.setIn(["config", "mesh-lanes:include"], included));
  const result = await lanes("up", "--stack", stack, ...(files ? ["--no-verify"] : [fromAnything]));
  assert.equal(result.exitCode, expected.exitCode, result.stdout + result.stderr);
  return result;
}

/** A changed copy of a scenario's file, where git does not look. @returns its path as a stack names it. */
export function changedScenario(file: ScenarioFile, change: (text: string) => string): string {
  const text = readFileSync(join(projectRoot, file), "utf8");
  const changed = change(text);
  assert.notEqual(changed, text);
  const path = join(workFolder, "e2e", basename(file));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, changed);
  return relative(projectRoot, path);
}

let users = 0;
let bringingUp: Promise<ScenarioStack> | undefined;

/**
 * For use inside a `describe`: the first that runs brings the stack up, the last one takes it down.
 *
 * @returns the stack, for the tests and hooks of that `describe`.
 */
export function useScenarios(): () => ScenarioStack {
  users += 1;
  let current: ScenarioStack | undefined;
  before(async () => {
    bringingUp ??= ScenarioStack.bringUp();
    current = await bringingUp;
  });
  after(async () => {
    users -= 1;
    if (users === 0) await takeDown();
  });
  return () => {
    assert.ok(current, "the stack is not up");
    return current;
  };
}

// Of the whole run: after a failure no further `describe` runs, and so none is the last.
after(takeDown);

async function takeDown(): Promise<void> {
  if (keep || !bringingUp) return;
  bringingUp = undefined;
  await lanes("destroy", "--stack", stack);
  await lanes("stop", "--stack", stack);
  removeStackFile();
}
