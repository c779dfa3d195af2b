import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { compileRe2, escapeRegex, regexProblem } from "../../../../../components/lanes/text-match/re2";
import { projectRoot } from "../../../../../tools/paths";

describe("regexProblem", () => {
  const good = ["a", "(?i)a", "[(?=]", "\\(\\?=", "a{1000}", "(?P<n>a)", "\\d+", "(?:a|b)?", "[]a]", "[^]+]+", "a\\++"];
  const onlyRe2 = ["(?i)beta.*", "a(?i:b)c", "(?U)a+", "\\pL+", "[[:alpha:]]+", "\\Qa.b\\E", "\\z", "(?s-m:.)"];
  for (const regex of [...good, ...onlyRe2]) {
    it(`takes ${regex}`, () => assert.equal(regexProblem(regex), undefined));
  }
  const wrong: Record<string, RegExp> = {
    "": /empty/,
    "a(?=b)": /lookahead/,
    "(?!a)b": /lookahead/,
    "(?<!a)b": /lookbehind/,
    "(?<=a)b": /lookbehind/,
    "(a)\\1": /backreferences/,
    "(?P<n>a)\\k<n>": /backreferences/,
    "(?>a)": /atomic/,
    "a++": /possessive/,
    "a{2}+": /possessive/,
    "a{1001}": /1000/,
    "a{1,2000}": /1000/,
    "((a{100}){100}){100}": /1000/,
    "(a": /missing closing \)/,
    "a)(b": /unexpected \)/,
    "*a": /missing argument to repetition operator/,
    "\\u0041": /invalid escape sequence/,
  };
  for (const [regex, message] of Object.entries(wrong)) {
    it(`fails on ${JSON.stringify(regex)}`, () => assert.match(regexProblem(regex) ?? "", message));
  }
});

describe("compileRe2", () => {
  it("matches whole texts only, alternatives included", () => {
    assert.deepEqual(
      ["a", "b", "ab", "xa"].map((text) => compileRe2("a|b").testExact(text)),
      [true, true, false, false],
    );
  });

  it("is loaded by the first regex only", () => {
    const script = `
      require("ts-node").register({ transpileOnly: true, swc: true });
      const loaded = () => Object.keys(require.cache).some((file) => /re2js/.test(file));
      const { fits } = require("./components/lanes/text-match/match");
      require("./config/read");
      fits({ kind: "prefix", value: "a" }, "ab");
      const before = loaded();
      fits({ kind: "regex", value: "a" }, "ab");
      process.stdout.write(before + " " + loaded());`;
    const options = { cwd: join(projectRoot), encoding: "utf8" } as const;
    assert.equal(execFileSync(process.execPath, ["-e", script], options), "false true");
  });
});

describe("escapeRegex", () => {
  it("matches the text itself", () => {
    const text = "a.b*c+(d)[e]{f}|g^h$i\\j?-/ k";
    assert.ok(compileRe2(escapeRegex(text)).testExact(text));
    assert.ok(!compileRe2(escapeRegex("a.b")).testExact("axb"));
  });
});
