import assert from "node:assert/strict";
import { hostCovers, type LaneRequest, matches, pickHost, toEnvoyRequest } from "../../../../components/lanes/matching";
import { entryRules } from "../../../../components/lanes/rules";
import { completeLaneGroup, type LaneGroupInput } from "../../../../components/lanes/spec";
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
      const group = completeLaneGroup({ ...s4Input, lanes: [{ name: "v1", match }] });
      const [rule] = entryRules(group);
      assert.equal(rule?.kind, "match");
      assert.equal(rule && matches(rule.match, toEnvoyRequest({ host: "a", path: "/", ...request })), fits);
    });
  }
});

describe("pickHost", () => {
  const patterns = ["*", "*.com", "*.a.com", "x.a.com"];
  const hosts: Record<string, string | undefined> = {
    "x.a.com": "x.a.com",
    "X.a.COM:80": "x.a.com",
    "x.a.com:80x": "x.a.com",
    "x.a.com:": "x.a.com",
    "x.a.com:80:80": "*",
    "y.a.com": "*.a.com",
    "a.com": "*.com",
    "10.0.0.1": "*",
  };
  for (const [host, expected] of Object.entries(hosts)) {
    it(`takes ${expected} for ${host}`, () => assert.equal(pickHost(patterns, host), expected));
  }
  it("takes none where none fits", () => assert.equal(pickHost(["*.a.com"], "b.com"), undefined));
});

describe("hostCovers", () => {
  const cases: readonly [wide: string, narrow: string, covers: boolean][] = [
    ["*", "a.com", true],
    ["*", "*.com", true],
    ["*.com", "*.a.com", true],
    ["*.a.com", "x.A.com", true],
    ["A.com", "a.com", true],
    ["*.a.com", "a.com", false],
    ["*.a.com", "*.com", false],
    ["x.a.com", "*.a.com", false],
    ["*.a.com", "xa.com", false],
  ];
  for (const [wide, narrow, covers] of cases) {
    it(`says ${covers} of ${wide} and ${narrow}`, () => assert.equal(hostCovers(wide, narrow), covers));
  }
});
