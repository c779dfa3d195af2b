import assert from "node:assert/strict";
import { type LaneRequest, matches, toEnvoyRequest } from "../../../../components/lanes/matching";
import { entryRules } from "../../../../components/lanes/rules";
import { type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";
import { s4Input } from "./fixtures";

type Match = NonNullable<LaneGroupInput["lanes"][number]["match"]>;

const cases: readonly [title: string, match: Match, request: Partial<LaneRequest>, fits: boolean][] = [
  ["a header", { headers: { "x-a": "1" } }, { headers: { "X-A": "1" } }, true],
  ["a header of another case", { headers: { "x-a": "a" } }, { headers: { "x-a": "A" } }, false],
  ["a missing header against .*", { headers: { "x-a": { regex: ".*" } } }, {}, false],
  ["a repeated header as one text", { headers: { "x-a": "1,2" } }, { headers: { "x-a": ["1", "2"] } }, true],
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
  ["a cookie of several Cookie lines", { cookies: { a: "1" } }, { headers: { cookie: ["b=2", "a=1"] } }, false],
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
});
