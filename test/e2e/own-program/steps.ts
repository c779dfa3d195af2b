import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHops } from "../../../cli/verify/hops";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { workPaths } from "../../../tools/paths";
import { Load } from "../load";
import { bringUp } from "../suite-stack";
import { type RunResult, stackEnvironment, writeStack } from "../support";
import { ConsumerFolder } from "./consumer";
import type { Lane, Language } from "./language";

const gateway = "http://10.200.0.2";

/** Requests of each program under load. The steps are repeated until it has sent them: 20000 for the figures of the docs. */
const wantedRequests = Number(process.env.MESH_LANES_REQUESTS ?? 0);
/** Of each of two loads. */
const perSecond = 30;

const v1 = (weight: number): Lane => ({ name: "v1", weight });
const v2 = (weight: number): Lane => ({ name: "v2", weight });

/** The life of a lane, as every program goes through it. It ends as it begins. */
const steps: readonly (readonly [title: string, lanes: readonly Lane[]])[] = [
  ["add", [v1(100), v2(0)]],
  ["shift", [v1(60), v2(40)]],
  ["promote", [v1(0), v2(100)]],
  ["roll back", [v1(100), v2(0)]],
  ["retire", [v1(100)]],
];

/** Brings up a cluster and a mesh with workloads and without lanes: what the programs find there. */
export async function startMesh(): Promise<void> {
  writeStack((config) => {
    config.setIn(["config", "mesh-lanes:laneGroups"], []);
    // No lane group of the stack declares a call.
    config.setIn(["config", "mesh-lanes:security"], { authorization: false, networkPolicies: false });
  });
  await bringUp("--no-verify");
}

/** A program on the cluster that `startMesh` has brought up. */
export class OwnProgram {
  private constructor(
    private readonly language: Language,
    public readonly folder: ConsumerFolder,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /**
   * @param kubeconfig of the cluster, as text.
   * @param own variables of the tools.
   * @param hosts folders with language hosts.
   */
  public static async make(
    language: Language,
    kubeconfig: string,
    own: NodeJS.ProcessEnv,
    hosts: readonly string[],
  ): Promise<OwnProgram> {
    const folder = await ConsumerFolder.make();
    try {
      const path = await language.prepare(folder);
      language.write(folder, [v1(100)]);
      const state = join(folder.path, "state");
      mkdirSync(state);
      const program = new OwnProgram(language, folder, {
        ...own,
        PATH: [...path, ...hosts, own.PATH].join(":"),
        PULUMI_BACKEND_URL: `file://${state}`,
        PULUMI_CONFIG_PASSPHRASE: "own",
      });
      await program.must("stack", "init", "dev");
      await program.must("config", "set", "--stack", "dev", "--secret", "kubeconfig", "--", kubeconfig);
      return program;
    } catch (error) {
      folder.remove();
      throw error;
    }
  }

  /** Runs Pulumi with these lanes in the program. */
  public async update(...lanes: readonly Lane[]): Promise<RunResult> {
    this.language.write(this.folder, lanes);
    return this.must("up", "--stack", "dev", "--yes", "--skip-preview");
  }

  public pulumi(...args: readonly string[]): Promise<RunResult> {
    return this.folder.run("pulumi", args, this.env);
  }

  public async must(...args: readonly string[]): Promise<RunResult> {
    const result = await this.pulumi(...args);
    assert.equal(result.exitCode, 0, result.stdout + result.stderr);
    return result;
  }

  public kubectl(...args: readonly string[]): Promise<string> {
    return runKubectl({ flags: [], env: this.env }, args, { timeoutSeconds: 60 });
  }
}

/** The tests of a program in one language: the same for each. @param hosts folders with its language host, if Pulumi has it not. */
export function describeProgram(language: Language, hosts: () => readonly string[] = () => []): void {
  describe(`lanes in a program in ${language.name}, from the npm package`, () => {
    let program: OwnProgram | undefined;
    const its = (): OwnProgram => program ?? assert.fail("the program was not made");

    before(async () => {
      const kubeconfig = readFileSync(workPaths.kubeconfig, "utf8");
      program = await OwnProgram.make(language, kubeconfig, await stackEnvironment(), hosts());
    });

    it("warns of nothing, waits for the proxies, and changes nothing more once it is there", async () => {
      const { stdout, stderr } = await its().update(v1(60), v2(40));
      assert.doesNotMatch(stdout + stderr, /warning: lane group|istiod cannot be asked/);
      assert.match(stdout, /:ProxySync/);
      await its().must("preview", "--stack", "dev", "--expect-no-changes");
    });

    it("fails and mixes no request while a lane is added, shifted, promoted, rolled back and retired", async () => {
      await its().update(v1(100));
      const headers: Record<string, string>[] = [{}, { version: "v2" }];
      const load = (each: Record<string, string>) =>
        // One that ended by itself would never have sent them all.
        new Load(gateway, { path: "/", headers: each }, perSecond, hops, { forSeconds: Infinity });
      const loads = headers.map(load);
      const sent = () => loads.reduce((sum, { result }) => sum + result.sent, 0);
      do {
        for (const [title, lanes] of steps) {
          process.stderr.write(`${title} after ${sent()} requests\n`);
          await its().update(...lanes);
        }
      } while (sent() < wantedRequests);
      const results = await Promise.all(loads.map((load) => load.stop()));
      for (const { sent: all, failures, answers } of results) {
        process.stderr.write(`${all} requests: ${JSON.stringify({ failures, answers })}\n`);
        assert.deepEqual(failures, {});
        // By weight and by header alike, a request finds the lane that there is, and no other on its way.
        assert.deepEqual(Object.keys(answers).sort(), ["v1 -> v1 -> v1", "v2 -> v2 -> v2"]);
        assert.ok(Object.values(answers).every((count) => count > 100));
      }
    });

    it("writes again what was deleted by hand", async () => {
      const route = ["virtualservice", "own.mockb", "--namespace=default"];
      await its().update(v1(60), v2(40));
      await its().kubectl("delete", ...route);
      await its().update(v1(60), v2(40));
      assert.match(await its().kubectl("get", ...route, "--output=name"), /own\.mockb/);
    });

    it("leaves nothing of the group when it is destroyed", async () => {
      await its().must("destroy", "--stack", "dev", "--yes", "--skip-preview");
      const left = ["get", "virtualservices,destinationrules,envoyfilters", "--all-namespaces", "--output=name"];
      assert.equal(await its().kubectl(...left, "--selector=mesh-lanes/group=own"), "");
    });

    it("leaves alone what somebody else has made in its name, and says whose it is", async () => {
      const { folder } = its();
      const spec = { hosts: ["mockb"], http: [{ route: [{ destination: { host: "mockb" } }] }] };
      const metadata = { name: "own.mockb", namespace: "default" };
      const theirs = { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata, spec };
      folder.write("theirs.json", JSON.stringify(theirs));
      await its().kubectl("apply", "--filename", join(folder.path, "theirs.json"));
      const { exitCode, stdout, stderr } = await its().pulumi("up", "--stack", "dev", "--yes", "--skip-preview");
      assert.notEqual(exitCode, 0);
      assert.match(stdout + stderr, /What is theirs was left as it is; .*\n.*VirtualService default\/own\.mockb/);
      const live = await its().kubectl("get", "virtualservice", "own.mockb", "--namespace=default", "--output=json");
      assert.deepEqual(JSON.parse(live).spec, spec);
    });

    after(async () => {
      if (!program) return;
      // The next program begins with nothing.
      await program.pulumi("destroy", "--stack", "dev", "--yes", "--skip-preview");
      await program.kubectl("delete", "virtualservice", "own.mockb", "--namespace=default", "--ignore-not-found");
      program.folder.remove();
    });
  });
}

/** The versions that a request went through. */
function hops({ body }: { readonly body: string }): string {
  return parseHops(body)
    .map(({ version }) => version)
    .join(" -> ");
}
