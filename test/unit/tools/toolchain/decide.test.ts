import assert from "node:assert/strict";
import { type BundleName, bundles } from "../../../../tools/toolchain/bundles";
import { type BundleFacts, decide, type Way } from "../../../../tools/toolchain/decide";
import { pins } from "../../../../tools/toolchain/pins";

type Case = [
  title: string,
  tool: BundleName,
  facts: Omit<BundleFacts, "bundle">,
  expected: [Way, string, string] | undefined,
];

const file = { state: "file", host: "example.org" } as const;
const unreachable = { state: "unreachable", detail: "example.org is not reachable" } as const;
const absent = { state: "absent" } as const;

const cases: Case[] = [
  [
    "PATH comes before everything",
    "pulumi",
    { onPath: { state: "right", version: "3.220.0", folder: "/usr/bin" }, cached: pins.pulumi, official: file },
    ["path", "3.220.0", "on PATH in /usr/bin, a right version"],
  ],
  [
    "a wrong version on PATH is named, and the cache is used",
    "pulumi",
    {
      onPath: { state: "wrong", detail: `/usr/bin/pulumi is 3.1.0, not ${pins.pulumiRange}` },
      cached: pins.pulumi,
      official: file,
    },
    ["cache", pins.pulumi, `on PATH: /usr/bin/pulumi is 3.1.0, not ${pins.pulumiRange}; in the cache`],
  ],
  [
    "the cache comes before a download",
    "etcd",
    { onPath: { state: "not looked at" }, cached: pins.etcd, official: file },
    ["cache", pins.etcd, "in the cache"],
  ],
  [
    "a download comes before a build",
    "etcd",
    { onPath: absent, cached: undefined, official: file },
    ["official", pins.etcd, "not cached; example.org answers"],
  ],
  [
    "a build comes last",
    "etcd",
    { onPath: absent, cached: undefined, official: unreachable },
    ["registry", pins.etcd, "not cached; example.org is not reachable"],
  ],
  [
    "a failed download leads to a build",
    "coredns",
    { onPath: absent, cached: undefined, official: { state: "failed", detail: "wrong checksum" } },
    ["registry", pins.coredns, "not cached; wrong checksum"],
  ],
  [
    "what the cluster pulls itself is not got",
    "istio",
    { onPath: absent, cached: undefined, official: { state: "remote", host: "example.org" } },
    ["remote", pins.istio, "fetched by the cluster itself: example.org answers"],
  ],
  [
    "what has no publisher's file is built",
    "envoy",
    { onPath: absent, cached: undefined, official: { state: "none", detail: "no official file" } },
    ["registry", pins.envoy, "not cached; no official file"],
  ],
  [
    "kind is never brought",
    "kind",
    { onPath: absent, cached: undefined, official: { state: "none", detail: "" } },
    undefined,
  ],
];

describe("decide", () => {
  for (const [title, tool, facts, expected] of cases) {
    it(title, () => {
      const choice = decide({ bundle: bundles[tool], ...facts });
      const wanted = expected && { tool, way: expected[0], version: expected[1], reason: expected[2] };
      assert.deepEqual(choice, wanted);
    });
  }
});
