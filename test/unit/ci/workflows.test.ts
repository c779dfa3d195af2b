import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { parse } from "yaml";
import { projectRoot } from "../../../tools/paths";
import { runAction } from "./action";

const folder = join(projectRoot, ".github", "workflows");
const files = readdirSync(folder).sort();
const actionlint = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

const actions = readdirSync(join(projectRoot, ".github", "actions")).map(
  (name) => `.github/actions/${name}/action.yml`,
);

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions?: Readonly<Record<string, string>>;
        readonly if?: string;
        readonly environment?: string;
        readonly needs?: string;
        readonly steps: readonly Step[];
      }
    >
  >;
}

describe("workflows", () => {
  const workflows = files.map((file) => ({
    file,
    workflow: parse(readFileSync(join(folder, file), "utf8")) as Workflow,
  }));
  const jobSteps = workflows.flatMap(({ file, workflow }) =>
    Object.values(workflow.jobs).flatMap((job) => job.steps.map((step) => ({ file, job, step }))),
  );
  const steps: readonly { file: string; step: Step }[] = [
    ...jobSteps,
    ...actions.flatMap((file) => {
      const action = parse(readFileSync(join(projectRoot, file), "utf8")) as { runs: { steps: readonly Step[] } };
      return action.runs.steps.map((step) => ({ file, step }));
    }),
  ];

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
      // Of this repository itself.
      if (step.uses.startsWith("./")) {
        assert.ok(actions.includes(`${step.uses.slice(2)}/action.yml`), `${file} ${step.uses}`);
        continue;
      }
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

  it("give credentials outside of pull requests to the default branch alone, and to jobs with an environment", () => {
    let seen = 0;
    for (const { file, workflow } of workflows) {
      for (const [name, job] of Object.entries(workflow.jobs)) {
        if (!JSON.stringify(job).includes("secrets.")) continue;
        seen += 1;
        assert.ok(job.environment, `${file} ${name}`);
        if ("pull_request" in workflow.on) continue;
        const first = job.needs === undefined ? job : workflow.jobs[job.needs];
        assert.match(
          first?.if ?? "",
          /github\.ref_name == github\.event\.repository\.default_branch/,
          `${file} ${name}`,
        );
      }
    }
    assert.ok(seen > 3);
  });

  it("update a stack only behind the environment of its name, after a preview of it", () => {
    const updating = workflows.flatMap(({ file, workflow }) =>
      Object.values(workflow.jobs)
        .filter((job) => job.steps.some(({ run }) => /\bpulumi up\b|lanes\.js up\b/.test(run ?? "")))
        .map((job) => [file, job.environment, job.needs]),
    );
    assert.deepEqual(updating, [["deploy.yml", ["$", "{{ matrix.stack }}"].join(""), "preview"]]);
  });

  it("have one way to preview with credentials, and none in a workflow itself", () => {
    assert.deepEqual(
      jobSteps.filter(({ step }) => /lanes\.js preview\b/.test(step.run ?? "")),
      [],
    );
  });

  it("say what the step of a preview needs, before it does anything, where the workspace is another project", async () => {
    const other = mkdtempSync(join(tmpdir(), "mesh-lanes-action-"));
    try {
      writeFileSync(join(other, "package.json"), '{ "dependencies": { "mesh-lanes-theirs": "1" } }');
      const { exitCode, log } = await runAction("preview", other, { stack: "dev" });
      assert.equal(exitCode, 1);
      assert.match(
        log,
        /^::error::got a workspace that is no checkout .*; expected one of them; fix: .*`npm install mesh-lanes`/,
      );
      assert.deepEqual(readdirSync(other), ["package.json"]);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it("preview with credentials by the policy pack of a checkout, or the one that is named", async () => {
    const checkout = mkdtempSync(join(tmpdir(), "mesh-lanes-action-"));
    try {
      mkdirSync(join(checkout, "bin"));
      writeFileSync(join(checkout, "bin", "bootstrap.js"), "");
      writeFileSync(join(checkout, "bin", "lanes.js"), "console.log(process.argv.slice(2).join(' '))");
      const told = async (inputs: Readonly<Record<string, string>>) =>
        (await runAction("preview", checkout, { stack: "dev", ...inputs })).log.trim();
      const forms = "--markdown preview/dev.pulumi.md --json preview/dev.pulumi.json";
      assert.equal(await told({}), `preview --stack dev --policy-pack policy ${forms}`);
      assert.equal(await told({ "policy-pack": "ours" }), `preview --stack dev --policy-pack ours ${forms}`);
    } finally {
      rmSync(checkout, { recursive: true });
    }
  });

  it("preview a stack of a checkout, from its configs alone where a commit to compare with is named", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-action-"));
    try {
      const { exitCode, log, summary } = await runAction("preview", projectRoot, {
        stack: "dev",
        base: "HEAD",
        folder,
      });
      assert.equal(exitCode, 0, log);
      assert.deepEqual(readdirSync(folder).sort(), ["dev.json", "dev.md"]);
      assert.equal(summary, readFileSync(join(folder, "dev.md"), "utf8"));
      assert.match(summary, /^### Lanes of stack dev\n/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(120_000);

  it("keep reviewers away from what only looks at the default branch, and before the code of a branch", () => {
    const looking = workflows.flatMap(({ file, workflow }) =>
      Object.values(workflow.jobs)
        .filter((job) => job.steps.some(({ uses }) => uses === "./.github/actions/preview"))
        .map((job) => [file, job.environment]),
    );
    // The names that docs/ci.md tells to protect, or not to.
    assert.deepEqual(looking, [
      ["deploy.yml", "look"],
      ["drift.yml", "look"],
      ["resources.yml", "preview"],
    ]);
    const guide = readFileSync(join(projectRoot, "docs", "ci.md"), "utf8").replace(/\s+/g, " ");
    assert.match(guide, /environment `preview` [^0-9]*Protect it with reviewers/);
    assert.match(guide, /environment `look` [^0-9]*may only read, without reviewers/);
  });

  it("comment what needs no credentials without waiting for tests or for an approval", () => {
    const of = (name: string) => workflows.find(({ file }) => file === name)?.workflow;
    const waiting = Object.values(of("preview.yml")?.jobs ?? {}).filter(
      (job) => job.environment !== undefined || job.steps.some(({ run }) => run === "npm test"),
    );
    assert.deepEqual(waiting, []);
    assert.deepEqual(of("comment.yml")?.on, {
      workflow_run: { workflows: ["preview", "resources"], types: ["completed"] },
    });
  });

  it("check out the default branch alone where a token writes", () => {
    const writing = jobSteps.filter(({ job }) => Object.values(job.permissions ?? {}).includes("write"));
    assert.ok(writing.length > 0);
    for (const { file, step } of writing) {
      if (step.uses?.startsWith("actions/checkout@")) {
        assert.match(String(step.with?.ref), /^\$\{\{ github\.event\.repository\.default_branch \}\}$/, file);
      }
    }
  });
});
