import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type InitOptions, init } from "../../../../cli/init";
import { loadStackConfig, readStackConfigFile } from "../../../../config/read";
import { UserError } from "../../../../tools/user-error";

const defaults: InitOptions = {
  ...{ cluster: "auto", group: "shop", namespace: "shop", mode: "permissive", services: "web,cart", port: "8000" },
  ...{ versions: "v1,v2", host: "*", header: "x-lane-entry" },
};

describe("lanes init", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-init-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const made = (options: Partial<InitOptions> = {}) => {
    init("mine", { ...defaults, ...options }, folder);
    const file = join(folder, "Pulumi.mine.yaml");
    return { text: readFileSync(file, "utf8"), config: loadStackConfig(readStackConfigFile(file), folder) };
  };
  const problems = (stack: string, options: Partial<InitOptions> = {}) => {
    try {
      init(stack, { ...defaults, ...options }, folder);
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      return error.message;
    }
    return assert.fail("nothing was thrown");
  };

  it("writes a config with comments that its own check takes, and says what comes next", () => {
    const { text, config } = made();
    assert.match(text, /^# yaml-language-server: \$schema=\.\/mesh-lanes\.schema\.json\n# Stack mine, begun by/);
    for (const comment of [
      /^ {2}# What it runs on: .*\n {2}mesh-lanes:cluster:$/m,
      /^ {2}# The demo app as each service.*\n {2}mesh-lanes:workloads:$/m,
      /^ {6}# permissive: a lane has what it changes.*\n {6}mode: permissive$/m,
      /^ {6}# For a share of all requests: weight on every lane.*\n {6}lanes:\n {8}- \{ name: v1 \}$/m,
    ]) {
      assert.match(text, comment);
    }
    const [group] = config.laneGroups;
    assert.deepEqual([group?.baseline, group?.lanes.map(({ name }) => name)], ["v1", ["v1", "v2"]]);
    assert.deepEqual(
      config.workloads.map(({ name, calls }) => [name, calls]),
      [
        ["web", "http://cart:8000/mock"],
        ["cart", undefined],
      ],
    );
  });

  it("writes each mode and each kind of cluster", () => {
    const strict = made({ mode: "strict", services: "a, b, c", versions: "one,two,three", host: "shop.example.com" });
    assert.equal(strict.config.laneGroups[0]?.mode, "strict");
    rmSync(join(folder, "Pulumi.mine.yaml"));
    const there = made({ cluster: "existing", kubeconfig: "my.yaml", context: "admin" });
    assert.deepEqual([there.config.cluster.kind, there.config.workloads], ["existing", []]);
    assert.match(there.text, /# A call chain and its lanes\. Its services and versions are there already/);
  });

  it("points to lanes import for services that run already: in the file, and as a command for their cluster", () => {
    assert.match(
      made().text,
      /^# For services that run already `lanes import` proposes the lane group, .*docs\/import\.md/m,
    );
    const next = (stack: string, options: Partial<InitOptions>) => init(stack, { ...defaults, ...options }, folder);
    const there = { cluster: "existing", kubeconfig: "my config.yaml", context: "admin", namespace: "store" };
    const command = "npx lanes import --kubeconfig 'my config.yaml' --context admin --namespace store ";
    assert.ok(next("theirs", there).includes(command), next("others", there));
    assert.doesNotMatch(next("demo", { ...there, demo: true }), /lanes import/);
    assert.doesNotMatch(next("here", {}), /lanes import/);
  });

  it("writes over nothing", () => {
    const { text } = made();
    assert.match(problems("mine"), /there is a Pulumi\.mine\.yaml/);
    assert.equal(readFileSync(join(folder, "Pulumi.mine.yaml"), "utf8"), text);
  });

  it("says where it cannot write, without a stack trace", () => {
    const gone = join(folder, "gone");
    assert.throws(
      () => init("mine", defaults, gone),
      new UserError("lanes init wrote nothing", [
        {
          path: join(gone, "Pulumi.mine.yaml"),
          got: "ENOENT: no such file or directory",
          expected: "a file that can be written",
          fix: "Run it again in a folder that you may write to.",
        },
      ]),
    );
  });

  it("says every flag that is wrong at once, and what the config's check says of values", () => {
    const flags = problems("no/name", { cluster: "ack", mode: "loose", port: "x", services: ",", versions: "" });
    for (const path of ["stack", "--cluster", "--mode", "--port", "--services", "--versions"]) {
      assert.ok(flags.includes(`\n  ${path}: `), flags);
    }
    assert.match(problems("a", { cluster: "existing" }), /--kubeconfig: missing[\s\S]*--context: missing/);
    assert.match(problems("a", { services: "Not_A_Name" }), /laneGroups\[0\]\.services\[0\]\.name/);
    assert.match(problems("a", { host: "x: y\n# z" }), /hosts/);
    assert.deepEqual(readdirSync(folder), []);
  });
});
