import { s2Input } from "../../components/lanes/fixtures";
import { type BadConfig, bad, group, type Lanes, permissive, permissiveEntry, strict, strictEntry } from "./bad-config";

export const badEntries: readonly BadConfig[] = [
  bad(
    "an unknown entry service",
    strictEntry({ service: "mockd" }),
    `${group}.entry.service`,
    'unknown service "mockd"',
    /mean mock[abc]\?/,
  ),
  bad(
    "a gateway without a namespace",
    strictEntry({ gateway: "ingressgateway" }),
    `${group}.entry.gateway`,
    'got "ingressgateway"',
    /istio-system\/ingressgateway/,
  ),
  bad(
    "a gateway that is not there",
    strictEntry({ gateway: "istio-system/ingresgateway" }),
    `${group}.entry.gateway`,
    'unknown gateway "istio-system/ingresgateway"',
    /mean istio-system\/ingressgateway\?/,
  ),
  bad(
    "a host with a scheme",
    strictEntry({ hosts: ["http://a.com/x"] }),
    `${group}.entry.hosts[0]`,
    'got "http://a.com/x"',
    /^Write a\.com\.$/,
  ),
  bad(
    "a host that another one covers",
    strictEntry({ hosts: ["*.a.com", "b.com", "x.a.com"] }),
    `${group}.entry.hosts[2]`,
    '"x.a.com" is covered by "*.a.com"',
    /match\.hosts/,
  ),
  bad(
    "a host that covers another one",
    strictEntry({ hosts: ["x.a.com", "*"] }),
    `${group}.entry.hosts[1]`,
    '"x.a.com" is covered by "*"',
    /match\.hosts/,
  ),
  bad(
    "a wildcard inside a host",
    strictEntry({ hosts: ["a.*.com"] }),
    `${group}.entry.hosts[0]`,
    'got "a.*.com"',
    /Correct/,
  ),
  bad("a path without a slash", strictEntry({ path: "mock" }), `${group}.entry.path`, 'got "mock"', /^Write \/mock\.$/),
  bad(
    "a path with a query",
    strictEntry({ path: "/mock?a=1" }),
    `${group}.entry.path`,
    'got "/mock?a=1"',
    /match\.query/,
  ),
  bad(
    "a path of two kinds",
    strictEntry({ path: { exact: "/a", prefix: "/b" } }),
    `${group}.entry.path`,
    "got exact and prefix",
    /Keep one/,
  ),
  bad(
    "an entry header in capitals",
    strictEntry({ header: "X-Tag" }),
    `${group}.entry.header`,
    'got "X-Tag"',
    /^Write x-tag\.$/,
  ),
  bad(
    "an entry header that HTTP uses",
    strictEntry({ header: "host" }),
    `${group}.entry.header`,
    'got "host": HTTP itself uses it',
    /another header/,
  ),
  bad(
    "an unknown lane for the rest",
    strictEntry({ unmatched: "s11" }),
    `${group}.entry.unmatched`,
    'unknown lane "s11"',
    /mean s1\?/,
  ),
  bad(
    "unmatched beside weights",
    permissiveEntry({ unmatched: "v1" }),
    `${group}.entry.unmatched`,
    'got "v1" beside weights',
    /Remove unmatched/,
  ),
  bad(
    "a lane that nothing enters",
    permissive({ lanes: [{ name: "v1", weight: 60 }, { name: "v2" }, { name: "v3", weight: 40 }] }),
    `${group}.lanes[1]`,
    "no request can enter lane v2",
    /match or a weight/,
  ),
];

const unreachable: Lanes = [{ name: "s1", version: "v1" }];
export const rejectedEntries: readonly BadConfig[] = [
  bad(
    "lanes that nothing enters",
    strictEntry({ header: undefined }),
    `${group}.entry.unmatched`,
    "every request is rejected",
    /Set unmatched/,
  ),
].map((one) => ({
  ...one,
  raw: strict({ baseline: "s1", lanes: unreachable, entry: { ...s2Input.entry, header: undefined } }),
}));
