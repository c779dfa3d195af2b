import assert from "node:assert/strict";
import { readYaml } from "../../../config/yaml";

/** What `pulumi config --json` of 3.245 printed for these lines; see the README of gopkg.in/yaml.v3. */
const sameAsEngine: Readonly<Record<string, unknown>> = {
  yes: "yes",
  on: "on",
  y: "y",
  True: true,
  TRUE: true,
  "~": null,
  "0o10": 8,
  "0x1F": 31,
  "089": 89,
  "007": 7,
  "1e3": 1000,
  ".5": 0.5,
  "5.": 5,
  "+1": 1,
  "1.10": 1.1,
  "1:30": "1:30",
  "190:20:30": "190:20:30",
  v1_0: "v1_0",
  "2026-11-27-rc": "2026-11-27-rc",
  '"010"': "010",
  "'2026-11-27'": "2026-11-27",
  "!!str 010": "010",
};

const otherThanEngine: Readonly<Record<string, string>> = {
  "010": "8",
  "-010": "-8",
  "1_000": "1000",
  "1_0.5": "10.5",
  "0b11": "3",
  "-0x1F": "-31",
  "2026-11-27": "a point in time",
  "2026-1-2": "a point in time",
  "2026-11-27 10:00:00": "a point in time",
  "2026-11-27T10:00:00Z": "a point in time",
  ".inf": "a number that its config cannot hold",
};

describe("readYaml", () => {
  for (const [text, value] of Object.entries(sameAsEngine)) {
    it(`reads ${text} as the engine does`, () => {
      const { document, problems } = readYaml(`a: ${text}`);
      assert.deepEqual({ document, problems }, { document: { a: value }, problems: [] });
    });
  }

  for (const [text, as] of Object.entries(otherThanEngine)) {
    it(`refuses ${text}, which the engine reads as ${as}`, () => {
      const { problems } = readYaml(`a: [x, { b: ${text} }]`);
      assert.deepEqual(
        problems.map(({ path, got }) => [path, got]),
        [["a[1].b", `${text} without quotes, which Pulumi reads as ${as}`]],
      );
      assert.match(problems[0]?.fix ?? "", new RegExp(`^Write "${text.replaceAll(/[.+]/g, "\\$&")}"`));
    });
  }

  it("merges keys as the engine does: what stands beside them wins, of several the first", () => {
    const text = "d: &d { a: 1, b: 2 }\nx: { <<: *d, b: 3 }\ny: { <<: [*d, { b: 8, c: 9 }] }\n";
    const { document, problems } = readYaml(text);
    assert.deepEqual(document, { d: { a: 1, b: 2 }, x: { a: 1, b: 3 }, y: { a: 1, b: 2, c: 9 } });
    assert.deepEqual(problems, []);
  });

  it("refuses keys too", () => {
    assert.deepEqual(
      readYaml("a: { 010: x }").problems.map(({ path }) => path),
      ["a.010"],
    );
  });

  for (const [key, as] of [
    ["1.10", "1.1"],
    ["1e3", "1000"],
    ["0x1F", "31"],
    ["True", "true"],
    ["~", "null"],
    ["null", "null"],
  ] as const) {
    it(`refuses the key ${key}, which is read as ${as}`, () => {
      assert.deepEqual(readYaml(`a: [{ ${key}: x }]`).problems, [
        {
          path: `a[0].${key}`,
          got: `the key ${key} without quotes, which is read as ${as}`,
          expected: "a key that has one reading",
          fix: `Put it in quotes: "${key}".`,
        },
      ]);
    });
  }

  it("takes keys that are read as they are written", () => {
    const { problems } = readYaml('a: { 8000: x, true: x, no: x, yes: x, v1: x, "1.10": x, <<: { b: x } }');
    assert.deepEqual(problems, []);
  });

  it("gives values as they are written, through aliases and merge keys", () => {
    const { written, document } = readYaml('d: &d { a: 1.10, b: ~, c: "1.10" }\nx: { <<: *d, b: True }\ny: [*d, v1]\n');
    const d = { a: "1.10", b: "~", c: "1.10" };
    assert.deepEqual(written(), { d, x: { ...d, b: "True" }, y: [d, "v1"] });
    assert.deepEqual(document, {
      d: { a: 1.1, b: null, c: "1.10" },
      x: { a: 1.1, b: true, c: "1.10" },
      y: [{ a: 1.1, b: null, c: "1.10" }, "v1"],
    });
  });

  it("refuses a text in base 64, which the engine decodes, and tags that it does not know", () => {
    const { problems } = readYaml("a: !!binary aGVsbG8=");
    assert.deepEqual(
      problems.map(({ path, fix }) => [path, fix]),
      [["a", "Write that text."]],
    );
    assert.throws(() => readYaml("a: !mine x"), /Unresolved tag/);
  });

  it("fails for two documents in one file, of which the engine reads the first", () => {
    assert.throws(() => readYaml("a: 1\n---\nb: 2\n"), /multiple documents/);
  });
});
