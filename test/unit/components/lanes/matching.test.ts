import assert from "node:assert/strict";
import { type LaneRequest, matches, toEnvoyRequest } from "../../../../components/lanes/matching";
import { repeatedHeadersOf } from "../../../../components/lanes/repeated-headers";
import { entryRules } from "../../../../components/lanes/rules";
import { type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";
import { s4Input } from "./fixtures";

type Match = NonNullable<LaneGroupInput["lanes"][number]["match"]>;

const cases: readonly [title: string, match: Match, request: Partial<LaneRequest>, fits: boolean][] = [
  ["a header", { headers: { "x-a": "1" } }, { headers: { "X-A": "1" } }, true],
  ["a header of another case", { headers: { "x-a": "a" } }, { headers: { "x-a": "A" } }, false],
  ["a missing header against .*", { headers: { "x-a": { regex: ".*" } } }, {}, false],
  ["a header with blanks around its value", { headers: { "x-a": "1" } }, { headers: { "x-a": " \t1 " } }, true],
  ["a header with blanks within its value", { headers: { "x-a": "a b" } }, { headers: { "x-a": "a  b" } }, false],
  ["an empty header against .*", { headers: { "x-a": { regex: ".*" } } }, { headers: { "x-a": " " } }, true],
  ["a regex over the whole value", { headers: { "x-a": { regex: "a|ab" } } }, { headers: { "x-a": "abc" } }, false],
  ["a regex of alternatives", { headers: { "x-a": { regex: "a|abc" } } }, { headers: { "x-a": "abc" } }, true],
  ["a regex with a flag", { headers: { "x-a": { regex: "(?i)beta.*" } } }, { headers: { "x-a": "BETA-2" } }, true],
  ["a POSIX class", { headers: { "x-a": { regex: "[[:alpha:]]+" } } }, { headers: { "x-a": "beta" } }, true],
  [
    "a bracket as a POSIX class",
    { headers: { "x-a": { regex: "[[:alpha:]]+" } } },
    { headers: { "x-a": ":]" } },
    false,
  ],
  ["a prefix", { headers: { "x-a": { prefix: "ab" } } }, { headers: { "x-a": "abc" } }, true],
  ["a cookie", { cookies: { a: "1" } }, { headers: { cookie: "b=2; a=1;c=3" } }, true],
  ["a cookie within another's value", { cookies: { a: "1" } }, { headers: { cookie: "b=a=1" } }, false],
  ["a cookie of which it is the end", { cookies: { a: "1" } }, { headers: { cookie: "ba=1" } }, false],
  ["a cookie prefix", { cookies: { a: { prefix: "1" } } }, { cookies: { a: "12", b: "x" } }, true],
  ["a dot in a cookie's value", { cookies: { a: "1.2" } }, { cookies: { a: "1x2" } }, false],
  [
    "a cookie beside a Cookie header",
    { cookies: { a: "1" } },
    { headers: { cookie: "b=2" }, cookies: { a: "1" } },
    true,
  ],
  ["a query", { query: { q: "1" } }, { path: "/a?p=0&q=1" }, true],
  ["the first of two values of a query", { query: { q: "2" } }, { path: "/?q=1&q=2" }, false],
  ["a query that is not decoded", { query: { q: "a b" } }, { path: "/?q=a%20b" }, false],
  ["a query beside the path", { query: { q: "1" } }, { path: "/?a=1", query: { q: "1" } }, true],
  ["a query in the fragment", { query: { q: "1" } }, { path: "/#?q=1" }, false],
  ["a host", { hosts: ["b.a.com"] }, { host: "B.a.com:8080" }, true],
  ["a host that a longer one ends with", { hosts: ["a.com"] }, { host: "b.a.com" }, false],
  ["a dot in a host", { hosts: ["b.a.com"] }, { host: "bxa.com" }, false],
  ["a wildcard host", { hosts: ["*.a.com"] }, { host: "x.y.a.com" }, true],
  ["a wildcard host without a name before it", { hosts: ["*.a.com"] }, { host: "a.com" }, false],
  ["a path prefix", { path: { prefix: "/a" } }, { path: "/ab" }, true],
  ["a path regex", { path: { regex: "/a/[0-9]+" } }, { path: "/a/12/b" }, false],
  ["a path of another case", { path: "/A" }, { path: "/a" }, false],
  ["a path with an escape that is not needed", { path: "/mock" }, { path: "/%6doc%6B" }, true],
  ["a path with an escape that is", { path: "/a/b" }, { path: "/a%2Fb" }, false],
  ["the * of OPTIONS", { headers: { "x-a": "1" } }, { method: "OPTIONS", path: "*", headers: { "x-a": "1" } }, false],
  ["all conditions", { path: "/a", query: { q: "1" } }, { path: "/a?q=2" }, false],
];

describe("matches", () => {
  for (const [title, match, request, fits] of cases) {
    it(`${fits ? "takes" : "does not take"} ${title}`, () => {
      const group = laneGroupSchema.parse({ ...s4Input, lanes: [{ name: "v1", match }] });
      const [rule] = entryRules(group);
      assert.equal(rule?.kind, "match");
      assert.equal(rule && matches(rule.match, toEnvoyRequest({ host: "a", path: "/", ...request })), fits);
    });
  }

  const repeated: readonly [
    title: string,
    match: Match,
    lines: Record<string, string[]>,
    joined: boolean,
    each: boolean,
  ][] = [
    ["one of the values", { headers: { "x-a": "2" } }, { "x-a": ["1", "2"] }, false, true],
    ["all values with commas", { headers: { "x-a": "1,2" } }, { "x-a": ["1", "2"] }, true, false],
    ["one line that has a comma", { headers: { "x-a": "1,2" } }, { "x-a": ["1,2"] }, true, true],
    ["the start of the first value", { headers: { "x-a": { prefix: "1" } } }, { "x-a": ["1", "2"] }, true, true],
    ["the start of the second value", { headers: { "x-a": { prefix: "2" } } }, { "x-a": ["1", "2"] }, false, true],
    ["a regex for one value", { headers: { "x-a": { regex: "[0-9]" } } }, { "x-a": ["1", "2"] }, false, true],
    ["an empty value", { headers: { "x-a": { regex: "[^0-9]?" } } }, { "x-a": ["1", ""] }, false, true],
    ["a cookie of the second Cookie line", { cookies: { a: "1" } }, { cookie: ["b=2", "a=1"] }, false, true],
  ];
  for (const [title, match, headers, joined, each] of repeated) {
    it(`of a header on several lines compares ${title} as the mesh's proxies do`, () => {
      const group = laneGroupSchema.parse({ ...s4Input, lanes: [{ name: "v1", match }] });
      const [rule] = entryRules(group);
      const fits = (how: "joined" | "each") =>
        rule && matches(rule.match, toEnvoyRequest({ host: "a", path: "/", headers }, how));
      assert.deepEqual([fits("joined"), fits("each")], [joined, each]);
    });
  }
});

describe("repeatedHeadersOf", () => {
  for (const version of ["1.29.1", "1.30.0-rc.1", "1.9.0", "1.24.6.64", "v1.24.6.64-g0c0a6a39-aliyun"]) {
    it(`${version} joins them`, () => assert.equal(repeatedHeadersOf(version), "joined"));
  }
  for (const version of ["1.31.0", "v1.31.0", "1.31.0-alpha.1", "1.100.2", "2.0.0"]) {
    it(`${version} compares each`, () => assert.equal(repeatedHeadersOf(version), "each"));
  }
});
