import assert from "node:assert/strict";
import { laneRequest } from "../../../../cli/verify/lane-request";
import type { LaneGroup, LaneGroupInput } from "../../../../components/lanes/spec";
import { strictGroup } from "./fixtures";

const entry: LaneGroupInput["entry"] = { service: "mocka", gateway: "istio-system/ingressgateway" };

function requestOf(group: LaneGroup, name: string): unknown {
  const lane = group.lanes.find((candidate) => candidate.name === name);
  assert.ok(lane);
  return laneRequest(group, lane);
}

describe("laneRequest", () => {
  it("uses the entry's header and path", () => {
    assert.deepEqual(requestOf(strictGroup(), "s2"), { request: { path: "/mock", headers: { "x-lane": "s2" } } });
  });

  it("meets every condition of a lane's own match", () => {
    const group = strictGroup({
      entry: { ...entry, hosts: ["*.example.com"] },
      lanes: [
        {
          name: "s1",
          match: {
            headers: { "x-user": { prefix: "test-" } },
            cookies: { beta: "yes" },
            query: { lane: { exact: "a b" } },
            hosts: ["*.beta.example.com"],
            path: { prefix: "/api" },
          },
        },
      ],
    });
    assert.deepEqual(requestOf(group, "s1"), {
      request: {
        path: "/api?lane=a+b",
        headers: { "x-user": "test-", cookie: "beta=yes" },
        host: "lane.beta.example.com",
      },
    });
  });

  it("enters a weighted lane by its cookie", () => {
    const group = strictGroup({
      entry,
      lanes: [
        { name: "s1", weight: 40 },
        { name: "s2", weight: 60 },
      ],
    });
    assert.deepEqual(requestOf(group, "s2"), { request: { path: "/", headers: { cookie: "mesh-lane-shop=s2" } } });
  });

  it("sends a plain request to the lane of unmatched requests", () => {
    const group = strictGroup({ entry: { ...entry, unmatched: "s1" } });
    assert.deepEqual(requestOf(group, "s1"), { request: { path: "/", headers: {} } });
  });

  it("finds a value for a regular expression that the lane's name fits", () => {
    const group = strictGroup({ entry, lanes: [{ name: "s1", match: { headers: { lane: { regex: "s[0-9]" } } } }] });
    assert.deepEqual(requestOf(group, "s1"), { request: { path: "/", headers: { lane: "s1" } } });
  });

  it("fails in words when no value is known for a regular expression", () => {
    const group = strictGroup({ entry, lanes: [{ name: "s1", match: { headers: { agent: { regex: "curl/.+" } } } }] });
    assert.deepEqual(requestOf(group, "s1"), {
      impossible: "no value is known that matches the regular expression of header agent",
    });
  });

  it("fails in words for a share without a cookie", () => {
    const group = strictGroup({ entry: { ...entry, sticky: false }, lanes: [{ name: "s1", weight: 100 }] });
    assert.deepEqual(requestOf(group, "s1"), {
      impossible: "only a share of requests without a cookie enters this lane (weight, sticky: false)",
    });
  });
});
