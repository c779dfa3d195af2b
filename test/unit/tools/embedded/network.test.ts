import assert from "node:assert/strict";
import { nodeConfig } from "../../../../tools/embedded/config";
import { foreignRoutes, parseRoutes, rangesOverlap } from "../../../../tools/embedded/network";

const text = [
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
  "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
  "mesh-lanes0\t0000F40A\t0200C80A\t0003\t0\t0\t0\t0000FFFF\t0\t0\t0",
  "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
  "",
].join("\n");

describe("parseRoutes", () => {
  it("reads ranges out of hexadecimal addresses in the byte order of the machine", () => {
    assert.deepEqual(parseRoutes(text), [
      { device: "eth0", range: "0.0.0.0/0" },
      { device: "mesh-lanes0", range: "10.244.0.0/16" },
      { device: "eth0", range: "10.0.0.0/24" },
    ]);
  });
});

describe("rangesOverlap", () => {
  for (const [a, b, expected] of [
    ["10.244.0.0/16", "10.244.7.0/24", true],
    ["10.244.7.0/24", "10.244.0.0/16", true],
    ["10.244.0.0/16", "10.245.0.0/16", false],
    ["10.0.0.0/8", "10.96.0.0/16", true],
    ["10.200.0.1/24", "10.200.0.0/24", true],
    ["192.168.0.0/16", "10.96.0.0/16", false],
    ["10.96.0.7/32", "10.96.0.8/32", false],
  ] as const) {
    it(`${a} and ${b}: ${expected}`, () => assert.equal(rangesOverlap(a, b), expected));
  }
});

describe("foreignRoutes", () => {
  it("finds what other interfaces have of the node's ranges, and no default route", () => {
    const routes = [
      ...parseRoutes(text),
      { device: "cni0", range: "10.244.0.0/24" },
      { device: "tun0", range: "10.96.0.0/12" },
    ];
    assert.deepEqual(foreignRoutes(nodeConfig(), routes), [
      { device: "cni0", range: "10.244.0.0/24" },
      { device: "tun0", range: "10.96.0.0/12" },
    ]);
  });
});
