import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main as comment } from "../../../.github/scripts/comment";
import { findRuns, main } from "../../../.github/scripts/runs";
import { FakeForge, type FakeRun } from "./fake-forge";

const workflow = (name: string) => `.github/workflows/${name}.yml`;

describe("the runs of a pull request", () => {
  let forge: FakeForge;
  beforeEach(async () => {
    forge = await FakeForge.start();
    forge.pulls = [{ number: 7, head: { sha: "new", label: "o:x", repo: { id: 1 } } }];
  });
  afterEach(() => forge.stop());

  const run = (id: number, name: string, more: Partial<FakeRun> = {}): FakeRun => ({
    ...{ id, path: workflow(name), status: "completed", head_sha: "new", head_branch: "x", head_repository: { id: 1 } },
    html_url: `https://forge.example/runs/${id}`,
    ...more,
  });
  const find = (headRepository = 1, head = "o:x") =>
    findRuns({ api: forge.url, token: "t", repository: "o/r", headRepository, head });

  it("are the newest of each workflow that have finished, and one of resources that has not, among many others", async () => {
    forge.runs = [
      ...Array.from({ length: 150 }, (_, index) => run(1000 + index, "test")),
      run(10, "preview"),
      run(12, "preview"),
      run(11, "resources", { status: "waiting" }),
    ];
    const { sha, preview, resources, waiting } = await find();
    assert.deepEqual(
      [sha, preview?.id, resources, waiting?.url],
      ["new", 12, undefined, "https://forge.example/runs/11"],
    );
    forge.runs = [run(11, "resources"), run(12, "preview", { status: "in_progress" })];
    const later = await find();
    assert.deepEqual([later.preview, later.resources?.id, later.waiting], [undefined, 11, undefined]);
  });

  it("are none of another branch, another repository or another commit, and none where no pull request is open", async () => {
    forge.runs = [
      run(1, "preview", { head_branch: "y" }),
      run(2, "preview", { head_repository: { id: 2 } }),
      run(3, "preview", { head_sha: "old" }),
      run(4, "preview", { path: `x/${workflow("preview")}` }),
    ];
    assert.deepEqual(await find(), { sha: "new", preview: undefined, resources: undefined, waiting: undefined });
    assert.deepEqual([await find(2), await find(1, "o:y")], [{}, {}]);
  });

  describe("as the workflow uses them", () => {
    let folder: string;
    let number: number;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "mesh-lanes-runs-"));
      number = 0;
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    /** One run of comment.yml, with what the artifacts of the runs that it finds would bring. */
    const commented = async (artifacts: Readonly<Record<string, Readonly<Record<string, string>>>>) => {
      number += 1;
      const [output, preview] = [join(folder, `${number}.output`), mkdtempSync(join(folder, "preview-"))];
      const access = { GITHUB_API_URL: forge.url, GITHUB_TOKEN: "t", GITHUB_REPOSITORY: "o/r", HEAD: "o:x" };
      await main({ ...access, HEAD_REPOSITORY: "1", GITHUB_OUTPUT: output });
      const lines = readFileSync(output, "utf8").trimEnd().split("\n");
      const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
      if (outputs.preview === "") return "nothing";
      for (const name of ["preview", "resources"]) {
        const files = outputs[name] === "" ? {} : artifacts[name];
        for (const [file, text] of Object.entries(files ?? {})) writeFileSync(join(preview, file), text);
      }
      return comment({
        ...{ ...access, GITHUB_RUN_NUMBER: String(number), PREVIEW: preview, FORK: "false" },
        ...{ HEAD_SHA: outputs.sha, RUN_URL: outputs["preview-url"], WAITING_URL: outputs["waiting-url"] },
      });
    };
    const offline = { "stacks.json": "{}", "dev.md": "dev offline\n", "prod.md": "prod offline\n" };
    const told = () => forge.comments.map(({ body }) => body.split("\n").slice(1).join("\n"));

    it("give the comment from the configs at once, and change it in place when the approval comes", async () => {
      forge.runs = [run(1, "preview"), run(2, "resources", { status: "waiting" })];
      assert.equal(await commented({ preview: offline }), "created");
      const waiting =
        "_From the configs alone. What Pulumi would do follows when [its preview](https://forge.example/runs/2) has finished, which may wait for an approval._\n";
      assert.deepEqual(told(), [`${waiting}\ndev offline\n\nprod offline\n`]);
      const id = forge.comments[0]?.id;
      forge.runs = [run(1, "preview"), run(2, "resources")];
      assert.equal(
        await commented({ preview: offline, resources: { "prod.pulumi.md": "prod by Pulumi\n" } }),
        "updated",
      );
      assert.deepEqual(told(), ["dev offline\n\nprod by Pulumi\n"]);
      assert.equal(forge.comments[0]?.id, id);
    });

    it("wait for the preview where the other one is the first, and then have both", async () => {
      forge.runs = [run(1, "resources"), run(2, "preview", { status: "in_progress" })];
      assert.equal(await commented({}), "nothing");
      forge.runs = [run(1, "resources"), run(2, "preview")];
      assert.equal(await commented({ preview: offline, resources: { "dev.pulumi.md": "dev by Pulumi\n" } }), "created");
      assert.deepEqual(told(), ["dev by Pulumi\n\nprod offline\n"]);
    });

    it("keep what Pulumi found when the preview runs again, and tell of the newest commit whoever asks", async () => {
      forge.runs = [run(1, "preview"), run(2, "resources"), run(3, "preview")];
      await commented({ preview: offline, resources: { "dev.pulumi.md": "dev by Pulumi\n" } });
      assert.deepEqual(told(), ["dev by Pulumi\n\nprod offline\n"]);
      forge.pulls = [{ number: 7, head: { sha: "newer", label: "o:x", repo: { id: 1 } } }];
      assert.equal(await commented({ preview: offline }), "nothing");
      forge.runs = [...forge.runs, run(4, "preview", { head_sha: "newer" })];
      assert.equal(await commented({ preview: { "stacks.json": "{}" } }), "updated");
      assert.deepEqual(told(), ["No stack changes what its lanes do.\n"]);
    });
  });
});
