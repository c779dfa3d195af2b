import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exampleOf } from "../../../cli/docs/components/files";
import { publicComponents } from "../../../tools/api/components";
import { Sources } from "../../../tools/api/surface";
import { projectRoot } from "../../../tools/paths";
import { alibabaAnswers } from "../alibaba-answers";
import { type MockAnswers, startPulumiMocks } from "../pulumi-mocks";
import { kubeconfigOf } from "../stacks/existing-cluster";
import { runExample } from "./run-example";

const node = { kubeconfig: kubeconfigOf("node"), address: "10.200.0.2", identity: "one" };
/** What the providers of these programs answer. */
const answers: MockAnswers = {
  ...alibabaAnswers,
  outputs: (args) => (args.type === "pulumi-nodejs:dynamic:LocalNode" ? node : alibabaAnswers.outputs(args)),
};

const components = publicComponents(projectRoot, new Sources(projectRoot));

describe("examples of components", () => {
  it("are there for each public component, and for nothing else", () => {
    const files = readdirSync(join(projectRoot, "examples", "components")).map((file) => `examples/components/${file}`);
    assert.deepEqual(files.sort(), components.map(({ as }) => exampleOf(as)).sort());
  });

  for (const { as, entry } of components) {
    it(`${as}: the program runs, and makes one from ${entry}`, async () => {
      const mocks = await startPulumiMocks(answers);
      const file = exampleOf(as);
      await runExample(file);
      const type = as === "ProxySync" ? "pulumi-nodejs:dynamic:ProxySync" : `mesh-lanes:index:${as}`;
      assert.ok(mocks.ofType(type).length > 0, mocks.resources.map((resource) => resource.type).join());
      const imported = new RegExp(`import \\{[^}]*\\b${as}\\b[^}]*\\} from "${entry}";`);
      assert.match(readFileSync(join(projectRoot, file), "utf8"), imported);
    });
  }
});
