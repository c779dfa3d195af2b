import assert from "node:assert/strict";
import { closest } from "../../../../components/lanes/suggest";
import { compileRe2, escapeRegex, regexProblem, reservedHeaderReason } from "../../../../components/lanes/syntax";

describe("regexProblem", () => {
  const good = ["a", "(?i)a", "[(?=]", "\\(\\?=", "a{1000}", "(?P<n>a)", "\\d+", "(?:a|b)?", "[]a]", "[^]+]+", "a\\++"];
  for (const regex of good) {
    it(`takes ${regex}`, () => assert.equal(regexProblem(regex), undefined));
  }
  const wrong: Record<string, RegExp> = {
    "": /empty/,
    "a(?=b)": /lookahead/,
    "(?<!a)b": /lookbehind/,
    "(a)\\1": /backreferences/,
    "(?<n>a)\\k<n>": /backreferences/,
    "(?>a)": /atomic/,
    "a++": /possessive/,
    "a{1001}": /1000/,
    "a{1,2000}": /1000/,
    "(a": /Unterminated group/,
    "a)(b": /Unmatched/,
    "*a": /Nothing to repeat/,
  };
  for (const [regex, message] of Object.entries(wrong)) {
    it(`fails on ${JSON.stringify(regex)}`, () => assert.match(regexProblem(regex) ?? "", message));
  }
});

describe("compileRe2", () => {
  it("matches whole texts only, alternatives included", () => {
    assert.deepEqual(
      ["a", "b", "ab", "xa"].map((text) => compileRe2("a|b").test(text)),
      [true, true, false, false],
    );
  });
  it("honours leading flags", () => assert.ok(compileRe2("(?i)ab").test("AB")));
});

describe("escapeRegex", () => {
  it("matches the text itself", () => {
    const text = "a.b*c+(d)[e]{f}|g^h$i\\j?";
    assert.ok(compileRe2(escapeRegex(text)).test(text));
    assert.ok(!compileRe2(escapeRegex("a.b")).test("axb"));
  });
});

describe("reservedHeaderReason", () => {
  for (const name of [
    "baggage",
    "traceparent",
    "X-Request-Id",
    "x-b3-traceid",
    ":authority",
    "host",
    "cookie",
    "x-envoy-x",
  ]) {
    it(`keeps ${name} out`, () => assert.notEqual(reservedHeaderReason(name), undefined));
  }
  for (const name of ["version", "x-lane", "x-asm-prefer-tag"]) {
    it(`lets ${name} in`, () => assert.equal(reservedHeaderReason(name), undefined));
  }
});

describe("closest", () => {
  const names: [string, string | undefined][] = [
    ["wieght", "weight"],
    ["Version", "version"],
    ["versoin", "version"],
    ["colour", undefined],
    ["v", undefined],
  ];
  for (const [got, expected] of names) {
    it(`finds ${expected ?? "nothing"} for ${got}`, () => {
      assert.equal(closest(got, ["name", "version", "weight", "match"]), expected);
    });
  }
});
