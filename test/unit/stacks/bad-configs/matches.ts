import { s4Input } from "../../components/lanes/fixtures";
import { type BadConfig, bad, group, match, permissive } from "./bad-config";

export const badMatches: readonly BadConfig[] = [
  bad(
    "a lookahead",
    match({ headers: { "x-a": { regex: "v(?=2)" } } }),
    `${group}.lanes[1].match.headers.x-a`,
    'regex "v(?=2)": RE2 has no lookahead or lookbehind',
    /Correct/,
  ),
  bad(
    "a backreference",
    match({ path: { regex: "/(a)\\1" } }),
    `${group}.lanes[1].match.path`,
    'regex "/(a)\\\\1": RE2 has no backreferences',
    /Correct/,
  ),
  bad(
    "a match on baggage",
    match({ headers: { baggage: "a=1" } }),
    `${group}.lanes[1].match.headers.baggage`,
    'header "baggage"',
    /gateway sets baggage/,
  ),
  bad(
    "a match on the host header",
    match({ headers: { host: "a.com" } }),
    `${group}.lanes[1].match.headers.host`,
    'header "host"',
    /match\.hosts/,
  ),
  bad(
    "a header name with a space",
    match({ headers: { "x a": "1" } }),
    `${group}.lanes[1].match.headers.x a`,
    'header "x a"',
    /Correct/,
  ),
  bad(
    "a header value with a line break",
    match({ headers: { "x-a": "1\n" } }),
    `${group}.lanes[1].match.headers.x-a`,
    'header value "1\\n"',
    /Correct/,
  ),
  bad(
    "a cookie name with a semicolon",
    match({ cookies: { "a;b": "1" } }),
    `${group}.lanes[1].match.cookies.a;b`,
    'cookie name "a;b"',
    /Correct/,
  ),
  bad(
    "a cookie value with a semicolon",
    match({ cookies: { a: "1;2" } }),
    `${group}.lanes[1].match.cookies.a`,
    'cookie value "1;2"',
    /Correct/,
  ),
  bad(
    "two cookies",
    match({ cookies: { a: "1", b: "2" } }),
    `${group}.lanes[1].match.cookies`,
    "got a and b",
    /Keep one/,
  ),
  bad(
    "a query key with a sign",
    match({ query: { "a=b": "1" } }),
    `${group}.lanes[1].match.query.a=b`,
    'query key "a=b"',
    /as in the URL/,
  ),
  bad(
    "a query value with a space",
    match({ query: { a: "b c" } }),
    `${group}.lanes[1].match.query.a`,
    'got "b c"',
    /Percent-encode/,
  ),
  bad("an empty match", match({}), `${group}.lanes[1].match`, "got an empty match", /Add headers/),
  bad(
    "two lanes with one match",
    permissive({
      lanes: s4Input.lanes.map((lane) => ({ ...lane, ...(lane.name !== "v1" && { match: { query: { a: "1" } } }) })),
    }),
    `${group}.lanes[2]`,
    'rule shop/entry/v3 has the same conditions as shop/entry/v2 (gateway istio-system/ingressgateway, host "*")',
    /Change a match/,
  ),
];
