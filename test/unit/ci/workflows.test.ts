import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { parse } from "yaml";
import { projectRoot } from "../../../tools/paths";

const folder = join(projectRoot, ".github", "workflows");
const files = readdirSync(folder).sort();
const actionlint = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions?: Readonly<Record<string, string>>;
        readonly if?: string;
        readonly steps: readonly {
          readonly uses?: string;
          readonly run?: string;
          readonly with?: Record<string, unknown>;
        }[];
      }
    >
  >;
}

describe("workflows", () => {
  const workflows = files.map((file) => ({
    file,
    workflow: parse(readFileSync(join(folder, file), "utf8")) as Workflow,
  }));
  const steps = workflows.flatMap(({ file, workflow }) =>
    Object.values(workflow.jobs).flatMap((job) => job.steps.map((step) => ({ file, job, step }))),
  );

  // The first time Go gets and builds it, which takes a while.
  it("pass actionlint", async () => {
    const { exitCode, stdout, stderr } = await execa("go", ["run", actionlint, "-no-color", ...files], {
      ...{ cwd: folder, reject: false },
      // Without these it looks for tools that a machine has or has not.
      env: { ...process.env, GOFLAGS: "-mod=mod" },
    });
    assert.equal(exitCode, 0, stdout + stderr);
  }).timeout(600_000);

  it("pin each action by its commit, and keep no token in the checkout", () => {
    assert.ok(steps.length > 5);
    for (const { file, step } of steps) {
      if (step.uses === undefined) continue;
      assert.match(step.uses, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/, file);
      if (step.uses.startsWith("actions/checkout@")) assert.equal(step.with?.["persist-credentials"], false, file);
    }
  });

  it("put no text of a pull request into a shell", () => {
    for (const { file, step } of steps) assert.doesNotMatch(step.run ?? "", /\$\{\{/, file);
  });

  it("run a pull request's code without secrets and without a token that writes", () => {
    for (const { file, workflow } of workflows) {
      assert.ok(!("pull_request_target" in workflow.on), file);
      assert.ok(workflow.permissions, `${file} has the default permissions`);
      if (!("pull_request" in workflow.on)) continue;
      for (const [name, job] of Object.entries(workflow.jobs)) {
        const rights = Object.values({ ...workflow.permissions, ...job.permissions });
        assert.ok(!rights.includes("write"), `${file} ${name}`);
        if (!JSON.stringify(job).includes("secrets.")) continue;
        assert.ok(
          job.if?.includes("github.event.pull_request.head.repo.full_name == github.repository"),
          `${file} ${name}`,
        );
      }
    }
  });

  it("check out the default branch alone where a token writes", () => {
    const writing = steps.filter(({ job }) => Object.values(job.permissions ?? {}).includes("write"));
    assert.ok(writing.length > 0);
    for (const { file, step } of writing) {
      if (step.uses?.startsWith("actions/checkout@")) {
        assert.match(String(step.with?.ref), /^\$\{\{ github\.event\.repository\.default_branch \}\}$/, file);
      }
    }
  });
});
