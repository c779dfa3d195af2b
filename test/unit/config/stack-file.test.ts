import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStackConfig, readStackConfigFile } from "../../../config/read";
import { stackFileProblems } from "../../../config/stack-file";
import { problemsOf } from "../problems-of";

describe("a file that is no stack file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const found = (content: string | Buffer) => {
    const file = join(folder, "Pulumi.test.yaml");
    writeFileSync(file, content);
    return problemsOf(() => loadStackConfig(readStackConfigFile(file), folder));
  };

  /** Text -> path, got, fix. */
  const wrong: Readonly<Record<string, readonly [path: string, got: string, fix: string]>> = {
    "hello\n": ["the stack's file", "got a plain value", "Write `config:` and the keys below it."],
    "- a\n": ["the stack's file", "got a list", "Write `config:` and the keys below it."],
    "config: 5\n": ["config", "got a plain value", "Write the keys below it, such as mesh-lanes:laneGroups."],
    "config: [a]\n": ["config", "got a list", "Write the keys below it, such as mesh-lanes:laneGroups."],
    "Config: { mesh-lanes:laneGroups: [] }\n": ["Config", 'unknown key "Config"', "Did you mean config?"],
    "conifg: {}\n": ["conifg", 'unknown key "conifg"', "Did you mean config?"],
    "secretprovider: passphrase\nconfig: {}\n": [
      ...(["secretprovider", 'unknown key "secretprovider"'] as const),
      "Did you mean secretsprovider?",
    ],
    "laneGroups: []\n": ["laneGroups", "laneGroups outside config", "Write it below config, as mesh-lanes:laneGroups."],
    "mesh-lanes:laneGroups: []\nconfig: {}\n": [
      ...(["mesh-lanes:laneGroups", "mesh-lanes:laneGroups outside config"] as const),
      "Write it below config, as mesh-lanes:laneGroups.",
    ],
    "config: { laneGroups: 5 }\n": [
      ...(["config.laneGroups", "laneGroups without mesh-lanes: in front"] as const),
      "Write mesh-lanes:laneGroups.",
    ],
    "config: { tlsKey.a: x }\n": [
      ...(["config.tlsKey.a", "tlsKey.a without mesh-lanes: in front"] as const),
      "Write mesh-lanes:tlsKey.a.",
    ],
    "config: { mesh-lane:laneGroups: [] }\n": [
      ...(["config.mesh-lane:laneGroups", "laneGroups without mesh-lanes: in front"] as const),
      "Write mesh-lanes:laneGroups.",
    ],
  };
  for (const [text, [path, got, fix]] of Object.entries(wrong)) {
    it(`is told: ${JSON.stringify(text)}`, () => {
      const problems = found(text);
      assert.deepEqual(
        problems.map((problem) => [problem.path, problem.got, problem.fix]),
        [[path, got, fix]],
      );
    });
  }

  for (const text of [
    "",
    "# nothing yet\n",
    "config:\n",
    "config: {}\n",
    "encryptionsalt: v1:abc\nencryptedkey: abc\nsecretsprovider: passphrase\nenvironment: [a]\n",
    // What anchors stand in is nobody's config, and Pulumi reads over it.
    "configs: &c []\nworkloads: &w []\nconfig: { mesh-lanes:workloads: *w, other:laneGroups: *c, own: 1 }\n",
  ]) {
    it(`is not what this is: ${JSON.stringify(text)}`, () => assert.deepEqual(found(text), []));
  }

  for (const [encoding, bytes] of [
    ["it is in UTF-16", Buffer.from("\uFEFFconfig: {}\n", "utf16le")],
    ["it is in UTF-16", Buffer.from("config: {}\n", "utf16le")],
    ["it is in UTF-16", Buffer.from("\uFEFFconfig: {}\n", "utf16le").swap16()],
    ["line 1", Buffer.from("config: {} # gr\u00FC\u00DFe\n", "latin1")],
  ] as const) {
    it(`is told to be not in UTF-8: ${encoding}, ${bytes.toString("hex", 0, 4)}`, () => {
      const [{ got, fix } = { got: "", fix: "" }] = found(bytes);
      assert.deepEqual([got, fix], [`not in UTF-8: ${encoding}`, "Save it as UTF-8."]);
      writeFileSync(join(folder, "i.yaml"), bytes);
      const [included] = found("config: { mesh-lanes:include: [i.yaml] }");
      assert.equal(included?.got, `i.yaml: ${got}`);
    });
  }

  it("leaves keys without a prefix alone that are another project's", () => {
    const theirs = { config: { gateway: "theirs", "mesh-lanes:laneGroups": [] } };
    assert.deepEqual(stackFileProblems(theirs, false), []);
    assert.equal(stackFileProblems(theirs, true)[0]?.path, "config.gateway");
    assert.equal(stackFileProblems({ config: { laneGroups: [] } }, false)[0]?.path, "config.laneGroups");
  });

  it("takes a byte order mark of UTF-8", () => {
    assert.deepEqual(found("\uFEFFconfig: {}\n"), []);
  });
});
