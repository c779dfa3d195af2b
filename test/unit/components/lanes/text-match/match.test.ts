import assert from "node:assert/strict";
import fc from "fast-check";
import type { StringMatch } from "../../../../../components/lanes/spec";
import { covers, fits, overlaps, sample } from "../../../../../components/lanes/text-match/match";

const exact = (value: string): StringMatch => ({ kind: "exact", value });
const prefix = (value: string): StringMatch => ({ kind: "prefix", value });
const regex = (value: string): StringMatch => ({ kind: "regex", value });
const words = ({ kind, value }: StringMatch) => `${kind} ${value}`;

describe("fits", () => {
  const cases: readonly [match: StringMatch, text: string, expected: boolean][] = [
    [exact("v2"), "v2", true],
    [exact("v2"), "v20", false],
    [prefix("v2"), "v20", true],
    [regex("(?i)beta.*"), "BETA1", true],
    [regex("x(?i:beta)"), "xBETA", true],
    [regex("x(?i:beta)"), "XBETA", false],
    [regex("(?P<n>be)ta"), "beta", true],
    [regex("[[:alpha:]]+"), "beta", true],
    [regex("[[:alpha:]]+"), "a:", false],
    [regex("a|b"), "ab", false],
    [regex("\\pL"), "é", true],
    // As RE2 does not know it, nothing can match it.
    [regex("v(?=2)"), "v2", false],
  ];
  for (const [match, text, expected] of cases) {
    it(`says ${expected} of ${words(match)} and ${text}`, () => assert.equal(fits(match, text), expected));
  }
});

describe("overlaps", () => {
  const cases: readonly [StringMatch, StringMatch, boolean][] = [
    [prefix("/api"), prefix("/api/v2"), true],
    [prefix("/api"), prefix("/b"), false],
    [prefix("/api"), regex("/b/.*"), false],
    [prefix("/api"), regex("/[ab]pi.*"), true],
    [prefix("/api"), regex("/.*/mock"), true],
    [regex("a+b?"), regex("a{3}c?"), true],
    [regex("a+"), regex("b+"), false],
    [regex("(?i)BETA"), exact("beta"), true],
    [regex("^v[0-9]$"), regex("v[2-5]"), true],
    [regex("\\bv2\\b.*"), regex("v2x"), true],
    [regex("[^a-z]"), regex("[a-z]"), false],
    // Nobody can tell what somebody else's engine makes of it.
    [regex("v(?=2)"), exact("x"), true],
  ];
  for (const [one, other, expected] of cases) {
    it(`says ${expected} of ${words(one)} and ${words(other)}`, () => {
      assert.equal(overlaps(one, other), expected);
      assert.equal(overlaps(other, one), expected);
    });
  }
});

describe("covers", () => {
  const cases: readonly [wide: StringMatch, narrow: StringMatch, expected: boolean][] = [
    [prefix("s"), exact("s2"), true],
    [prefix("s2"), prefix("s20"), true],
    [prefix("s20"), prefix("s2"), false],
    [regex("s[0-9]+"), exact("s2"), true],
    [regex("s[0-9]+"), regex("s[2-4]{2}"), true],
    [regex("s[2-4]+"), regex("s[0-9]"), false],
    [regex("(?i)S2.*"), prefix("s2"), true],
    [regex(".*"), prefix("s2"), true],
    [regex("x(?i:B)"), exact("xb"), true],
    [prefix("s"), regex("s[0-9]"), true],
    [prefix("s2"), regex("s[0-9]"), false],
    [regex("^s.$"), regex("s[0-9]"), true],
    [exact("s2"), regex("s2"), true],
    [exact("s2"), regex("s2?"), false],
    [regex("\\pN("), exact("s2"), false],
  ];
  for (const [wide, narrow, expected] of cases) {
    it(`says ${expected} of ${words(wide)} and ${words(narrow)}`, () => assert.equal(covers(wide, narrow), expected));
  }
});

/** Regexes of every kind of node that RE2 knows. */
const regexes = fc.letrec<{ regex: string; atom: string }>((tie) => ({
  regex: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("atom"),
    fc.tuple(tie("regex"), tie("regex")).map(([one, other]) => one + other),
    fc.tuple(tie("regex"), tie("regex")).map(([one, other]) => `(${one}|${other})`),
    fc.tuple(tie("regex"), fc.constantFrom("*", "+", "?", "{2}", "*?")).map(([one, times]) => `(?:${one})${times}`),
    tie("regex").map((one) => `(?i:${one})`),
    tie("regex").map((one) => `(?P<n>${one})`.replaceAll(/(?<=.)\(\?P<n>/g, "(?:")),
  ),
  atom: fc.constantFrom("a", "B", ".", "[ab]", "[^a]", "[[:digit:]]", "\\d", "\\pL", "^", "$", "\\b", "/", "\\."),
})).regex;
const texts = fc.string({ unit: fc.constantFrom("a", "b", "B", "1", "/", ".", "-"), maxLength: 6 });
const matches = fc.oneof(regexes.map(regex), texts.map(prefix), texts.map(exact));

describe("text matches of any kind", () => {
  it("have samples that fit", () => {
    fc.assert(
      fc.property(regexes, (text) => {
        const found = sample([regex(text)]);
        if (found !== undefined) assert.ok(fits(regex(text), found), `${text} and ${JSON.stringify(found)}`);
      }),
    );
  });

  it("overlap where some text fits both, and cover nothing that another text contradicts", () => {
    fc.assert(
      fc.property(matches, matches, texts, (one, other, text) => {
        if (fits(one, text) && fits(other, text)) assert.ok(overlaps(one, other), text);
        if (fits(one, text) && !fits(other, text)) assert.ok(!covers(other, one), text);
      }),
    );
  });
});

describe("sample", () => {
  const found: readonly [regex: string, expected: string][] = [
    ["(?i)beta.*", "beta"],
    ["(?P<n>be)ta", "beta"],
    ["[[:alpha:]]+", "a"],
    ["curl/.+", "curl/a"],
    ["^v[2-9]$", "v2"],
    ["\\bbeta\\b", "beta"],
    ["Mozilla/5\\.0 \\(.*Firefox/1[0-9]{2}.*", "Mozilla/5.0 (Firefox/100"],
  ];
  for (const [text, expected] of found) {
    it(`makes ${expected} of ${text}`, () => assert.equal(sample([regex(text)]), expected));
  }
  it("prefers the names that are given", () => {
    assert.equal(sample([regex("s[0-9]")], { preferred: ["v1", "s7"] }), "s7");
  });
  it("fits all at once", () => {
    assert.equal(sample([regex(".*/mock"), prefix("/a")]), "/a/mock");
  });
  for (const text of ["a$b", "[^\\x00-\\x{10FFFF}]", "v(?=2)", "[\\x00-\\x1f&&[^\\t]]"]) {
    it(`has none for ${text}, and does not throw`, () => {
      const none = sample([regex(text), regex("[!-~]+")]);
      if (none !== undefined) assert.ok(fits(regex(text), none));
      else assert.equal(none, undefined);
    });
  }
});
