import assert from "node:assert/strict";
import { parse } from "yaml";
import { valueAt } from "../../../../components/lanes/zod-walk";
import { applyToValue, type Edit, type EditPath } from "../../../../config/edit/edit";
import { editYaml } from "../../../../config/edit/text";
import { readYaml } from "../../../../config/yaml";
import { UserError } from "../../../../tools/user-error";
import { type Random, randomValues } from "../../../random";
import { seed } from "../../../seed";

const file = `# head
config:
  list:
    # above the first
    - { name: v1, weight: 40 } # behind
    # above the second
    - name: "v2"
      weight: '30'   # wide
      block:
        - a   # x
        - b

  # after the list
  shared: &shared [v1, v2]
  alias: *shared
  base: &base { port: 80, mode: one }
  merged: { <<: *base, name: m }
  wrapped: [v1,
    v2]
  secret: { secure: v1:abc+/= }
  empty: []
  plain: yes it is # tail
`;

const at = (...path: EditPath) => ["config", ...path];
const set = (value: unknown, ...path: EditPath): Edit => ({ kind: "set", path: at(...path), value });
const remove = (...path: EditPath): Edit => ({ kind: "delete", path: at(...path) });
const add = (value: unknown, ...path: EditPath): Edit => ({ kind: "add", path: at(...path), value });
const drop = (value: unknown, ...path: EditPath): Edit => ({ kind: "drop", path: at(...path), value });

describe("an edit of YAML", () => {
  /** The lines that an edit takes and gives. */
  const changed = (edits: readonly Edit[], text = file) => {
    const [old, now] = [text.split("\n"), editYaml("f.yaml", text, edits).split("\n")];
    return { gone: old.filter((line) => !now.includes(line)), come: now.filter((line) => !old.includes(line)) };
  };
  const refused = (edits: readonly Edit[], text = file) => {
    try {
      editYaml("f.yaml", text, edits);
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      return error.message;
    }
    return assert.fail("nothing was thrown");
  };
  const cases: readonly [string, Edit, readonly string[], readonly string[]][] = [
    [
      "sets a value in a flow map",
      set(90, "list", 0, "weight"),
      ["    - { name: v1, weight: 40 } # behind"],
      ["    - { name: v1, weight: 90 } # behind"],
    ],
    [
      "keeps quotes and what is behind the value",
      set("31", "list", 1, "weight"),
      ["      weight: '30'   # wide"],
      ["      weight: '31'   # wide"],
    ],
    ["sets a value in a block map", set("no", "plain"), ["  plain: yes it is # tail"], ["  plain: no # tail"]],
    [
      "adds a key to a flow map",
      set("draining", "list", 0, "state"),
      ["    - { name: v1, weight: 40 } # behind"],
      ["    - { name: v1, weight: 40, state: draining } # behind"],
    ],
    [
      "adds a key to a block map",
      set({ a: "b: c", d: [1, "1"] }, "list", 1, "x"),
      [],
      ['      x: { a: "b: c", d: [1, "1"] }'],
    ],
    [
      "adds a key that a merge key gave before",
      set(81, "merged", "port"),
      ["  merged: { <<: *base, name: m }"],
      ["  merged: { <<: *base, name: m, port: 81 }"],
    ],
    [
      "adds an item in block style",
      add({ name: "v3", services: ["a"] }, "list"),
      [],
      ["    - name: v3", "      services: [a]"],
    ],
    ["adds an item to a block list of texts", add("c", "list", 1, "block"), [], ["        - c"]],
    ["adds an item to an empty list", add("1", "empty"), ["  empty: []"], ['  empty: ["1"]']],
    ["adds an item to a list over several lines", add("v3", "wrapped"), ["    v2]"], ["    v2, v3]"]],
    [
      "takes a key out of a flow map",
      remove("list", 0, "weight"),
      ["    - { name: v1, weight: 40 } # behind"],
      ["    - { name: v1 } # behind"],
    ],
    ["takes a key out of a block map, with its line", remove("list", 1, "weight"), ["      weight: '30'   # wide"], []],
    [
      "takes an item out, and leaves the comment above",
      remove("list", 0),
      ["    - { name: v1, weight: 40 } # behind"],
      [],
    ],
    ["takes a text out of a block list", drop("a", "list", 1, "block"), ["        - a   # x"], []],
    ["takes the first of a flow list", drop("v1", "wrapped"), ["  wrapped: [v1,", "    v2]"], ["  wrapped: [v2]"]],
  ];
  for (const [title, edit, gone, come] of cases) {
    it(title, () => assert.deepEqual(changed([edit]), { gone, come }));
  }

  it("moves the next key up where the first of an item goes", () => {
    assert.deepEqual(changed([remove("list", 1, "name")]), {
      gone: ['    - name: "v2"', "      weight: '30'   # wide"],
      come: ["    - weight: '30'   # wide"],
    });
  });

  it("changes a list that an alias shares once, where both are meant", () => {
    const both = [add("v3", "alias"), add("v3", "shared")];
    assert.deepEqual(changed(both), { gone: ["  shared: &shared [v1, v2]"], come: ["  shared: &shared [v1, v2, v3]"] });
    const out = [drop("v1", "shared"), drop("v1", "alias")];
    assert.deepEqual(changed(out).come, ["  shared: &shared [v2]"]);
  });

  it("is refused where an alias, a merge key or an anchor shares the place with another", () => {
    for (const edits of [
      [add("v3", "alias")],
      [drop("v1", "shared")],
      [remove("merged", "port")],
      [set(1, "base", "port")],
    ]) {
      assert.match(
        refused(edits),
        /f\.yaml: config\.(alias|shared|merged\.port|base\.port): .*\n.*\n {4}fix: Edit the file by hand/,
      );
    }
  });

  it("is refused where the part that goes holds an anchor of another place, which is named", () => {
    const of = (lines: string) => `config:\n${lines.replace(/^/gm, "  ")}\n`;
    const shares = "it holds the anchor &m, and \\*m elsewhere shares values with it";
    const cases: readonly [string, Edit, string][] = [
      ["list:\n  - { name: v2, policy: &m { timeout: 5s } }\n  - { policy: *m }", remove("list", 0), "list.0"],
      ["one: [v1, &m v2]\ntwo: [*m]", drop("v2", "one"), "one"],
      ["one:\n  - v1\n  - &m v2\ntwo: [*m]", drop("v2", "one"), "one"],
      ["one: { a: {}, b: { env: &m { K: x } } }\ntwo: { env: *m }", remove("one", "b"), "one.b"],
      ["list:\n  - &m { name: v2 }\n  - { <<: *m, name: v3 }", remove("list", 0), "list.0"],
      ["list:\n  - &m { name: v2 }\n  - { <<: [*m], name: v3 }", remove("list", 0), "list.0"],
      ["one: { a: &m v1 }\ntwo: *m", set(1, "one"), "one"],
    ];
    for (const [lines, edit, path] of cases) {
      const got = `f\\.yaml: config\\.${path.replaceAll(".", "\\.")}: ${shares}\n`;
      assert.match(refused([edit], of(lines)), new RegExp(got), lines);
    }
  });

  it("writes a text of several lines in one, in quotes", () => {
    const value = { image: "nginx:1.2.3", env: { M: "multi\nline" } };
    const line = '{ image: nginx:1.2.3, env: { M: "multi\\nline" } }';
    assert.deepEqual(changed([set(value, "list", 1, "x")]).come, [`      x: ${line}`]);
    assert.deepEqual(changed([set(value, "list", 0, "x")]).come, [
      `    - { name: v1, weight: 40, x: ${line} } # behind`,
    ]);
    assert.deepEqual(changed([set("it's\n2", "list", 1, "weight")]).come, ['      weight: "it\'s\\n2"   # wide']);
    assert.deepEqual(changed([set("a\n2", "list", 1, "weight")]).come, ['      weight: "a\\n2"   # wide']);
  });

  it("writes any text so that it is the same again, with one reading and in one line", () => {
    const parts =
      "a|b c|\n|\r|\t| |'|\"|\\|: |#| #|{|}|[|,|- |&|*|!|%|@|`|<<|~|010|0x1F|1_000|0b11|2026-11-27|.inf|yes|null|\u0000|\u0007|\u007f|\u0085|\u00a0|\u2028|\u2029|\ufeff|\ufffe|ä|😀".split(
        "|",
      );
    const textOf = (random: Random) => [...Array(1 + random.integer(3))].map(() => random.pick(parts)).join("");
    const places = [
      ["list", 0, "x"],
      ["list", 0, "name"],
      ["list", 1, "name"],
      ["list", 1, "weight"],
      ["list", 1, "x"],
      ["plain"],
    ];
    for (const { text, key, place } of randomValues(seed, 100, (random) => ({
      text: textOf(random),
      key: textOf(random),
      place: random.pick(places),
    }))) {
      for (const value of [text, { [key]: [text] }]) {
        const edited = editYaml("f.yaml", file, [set(value, ...place)]);
        const { document, problems } = readYaml(edited);
        assert.deepEqual([valueAt(document, at(...place)), problems], [value, []], JSON.stringify(value));
        const control = /[\p{Cc}\p{Zl}\p{Zp}\ufeff\ufffe]/u;
        assert.ok(!control.test(edited.replaceAll("\n", "")), JSON.stringify(value));
        const added = edited.split("\n").length - file.split("\n").length;
        assert.ok(added === 0 || (added === 1 && place.at(-1) === "x"), edited);
      }
    }
  });

  it("keeps the ending of each line where a file has both kinds; a new line takes that of the line before it", () => {
    const edits = [
      set(1, "list", 1, "x"),
      add("c", "list", 1, "block"),
      add({ name: "v3", y: 1 }, "list"),
      remove("list", 0, "weight"),
      drop("a", "list", 1, "block"),
      set("new", "last"),
    ];
    const ending = (line: string) => (line.endsWith("\r") ? "\r" : "");
    for (const lines of randomValues(seed, 30, (random) =>
      file.split("\n").map((line) => `${line}${random.chance(50) ? "\r" : ""}`),
    )) {
      const text = lines.join("\n").replace(/\r$/, "");
      for (const edit of edits) {
        const edited = editYaml("f.yaml", text, [edit]).split("\n");
        const [old, now] = [text.split("\n"), edited];
        let [head, tail] = [0, 0];
        while (old[head] === now[head] && head < Math.min(old.length, now.length)) head += 1;
        while (old.at(-1 - tail) === now.at(-1 - tail) && tail < Math.min(old.length, now.length) - head) tail += 1;
        const [gone, come] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
        assert.ok(gone.length <= 1 && come.length <= 2, JSON.stringify([edit, gone, come]));
        for (const [index, line] of come.entries()) {
          const before = gone[index] ?? now[head + index - 1] ?? "";
          assert.equal(ending(line), ending(before), JSON.stringify([edit, gone, come]));
        }
      }
    }
  });

  it("takes the anchor and the tag of an item along, and no other's", () => {
    const dropped = (list: string, value: unknown) =>
      editYaml("f.yaml", `list: ${list}`, [{ kind: "drop", path: ["list"], value }]);
    assert.equal(dropped("[&a v1, v2]", "v1"), "list: [v2]");
    assert.equal(dropped("[v1, &a v2]", "v1"), "list: [&a v2]");
    assert.equal(dropped("[ v1 , !!str 2 ]", "v1"), "list: [ !!str 2 ]");
    assert.equal(dropped("[v1, !!str 2, v3]", "2"), "list: [v1, v3]");
  });

  it("comes to the wanted values or is refused, wherever anchors and aliases stand", () => {
    const keys = ["a", "b", "c", "d", "e"];
    const anyValue = (random: Random, depth: number): string => {
      const anchor = random.chance(30) ? `&${random.pick(["m", "n"])} ` : "";
      if (depth === 0 || random.chance(30))
        return random.chance(40) ? `*${random.pick(["m", "n"])}` : `${anchor}x${random.integer(2)}`;
      const items = () => anyValue(random, depth - 1);
      if (random.chance(40)) return `${anchor}[${items()}, ${items()}]`;
      return `${anchor}{ ${random.chance(30) ? "<<: *m, " : ""}p: ${items()}, q: ${items()} }`;
    };
    const cases = randomValues(seed, 600, (random) => {
      const lines = keys.map((key) => `  ${key}: ${anyValue(random, 2)}`);
      const text = `config:\n${random.chance(80) ? "  first: &m { r: 1 }\n  second: &n { s: 1 }\n" : ""}${lines.join("\n")}\n`;
      const path = [
        random.pick(["first", "second", ...keys]),
        ...(random.chance(60) ? [random.pick(["p", "q", 0, 1])] : []),
      ];
      return { text, edits: [random.chance(70) ? remove(...path) : set("new", ...path)] };
    });
    const outcomes = { edited: 0, refused: 0 };
    for (const { text, edits } of cases) {
      let before: unknown;
      try {
        before = readYaml(text).document;
        // Whoever reads the config refuses what is no tree.
        JSON.stringify(before);
      } catch {
        continue;
      }
      const [edit = assert.fail()] = edits;
      if (edit.kind === "set" && valueAt(before, edit.path) === undefined) continue;
      try {
        assert.deepEqual(readYaml(editYaml("f.yaml", text, edits)).document, applyToValue(before, edit));
        outcomes.edited += 1;
      } catch (error) {
        if (!(error instanceof UserError)) assert.fail(`${text}${JSON.stringify(edits)}: ${error}`);
        outcomes.refused += 1;
      }
    }
    assert.ok(outcomes.edited > 5 && outcomes.refused > 5, JSON.stringify(outcomes));
  });

  it("is refused where a merge key would get what is no map", () => {
    assert.match(
      refused([set(1, "one")], "config:\n  one: &m { a: v1 }\n  two: { <<: *m }\n"),
      /config\.one: Merge sources must be maps/,
    );
  });

  it("is refused where another anchor of the same name would take the place of the one that goes", () => {
    const twice = "config:\n  a: &m 1\n  b: { x: 0, y: &m 2 }\n  c: *m\n";
    assert.match(refused([remove("b", "y")], twice), /shares values with another place/);
  });

  it("is refused where nothing would be left, or a comment would be lost", () => {
    const only = "config:\n  list: [v1]\n  two: [v1, # why\n    v2]\n";
    assert.match(refused([drop("v1", "list")], only), /it is the last one/);
    assert.match(refused([drop("v2", "two")], only), /a comment stands in the way/);
    assert.match(refused([drop("v1", "two")], only), /a comment stands in the way/);
  });

  it("keeps line ends, a missing one at the end of the file, and encrypted values", () => {
    const windows = file.replaceAll("\n", "\r\n").trimEnd();
    const edits = [set(1, "list", 1, "x"), add({ name: "v3" }, "list"), set("new", "last")];
    const text = editYaml("f.yaml", windows, edits);
    assert.equal(text.replaceAll("\r\n", "").includes("\n"), false);
    assert.match(text, /\r\n {2}last: new$/);
    assert.deepEqual(parse(text).config.secret, { secure: "v1:abc+/=" });
  });
});
