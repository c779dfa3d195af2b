import assert from "node:assert/strict";
import execa from "execa";
import { curlCommand, laneRequest } from "../../../../components/lanes/lane-request";
import type { LaneGroup, LaneGroupInput } from "../../../../components/lanes/spec";
import { strictGroup } from "../../cli/verify/fixtures";

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
            query: { lane: { exact: "a%20b" } },
            hosts: ["*.beta.example.com"],
            path: { prefix: "/api" },
          },
        },
      ],
    });
    assert.deepEqual(requestOf(group, "s1"), {
      request: {
        path: "/api?lane=a%20b",
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

  it("enters a weighted lane by the entry's header where there is one", () => {
    const lanes = [
      { name: "s1", weight: 40 },
      { name: "s2", weight: 60 },
    ];
    const group = strictGroup({ entry: { ...entry, header: "x-lane" }, lanes });
    assert.deepEqual(requestOf(group, "s2"), { request: { path: "/", headers: { "x-lane": "s2" } } });
  });

  it("sends a plain request to the lane of unmatched requests", () => {
    const group = strictGroup({ entry: { ...entry, unmatched: "s1" } });
    assert.deepEqual(requestOf(group, "s1"), { request: { path: "/", headers: {} } });
  });

  it("finds a value for a regular expression that the lane's name fits", () => {
    const group = strictGroup({ entry, lanes: [{ name: "s1", match: { headers: { lane: { regex: "s[0-9]" } } } }] });
    assert.deepEqual(requestOf(group, "s1"), { request: { path: "/", headers: { lane: "s1" } } });
  });

  const regexes: Record<string, string> = {
    "curl/.+": "curl/a",
    "(?i)beta.*": "beta",
    "(?P<who>tester|admin)": "admin",
    "[[:alpha:]]+": "a",
    ".*": "s1",
  };
  for (const [regex, agent] of Object.entries(regexes)) {
    it(`makes a value up for ${regex}`, () => {
      const group = strictGroup({ entry, lanes: [{ name: "s1", match: { headers: { agent: { regex } } } }] });
      assert.deepEqual(requestOf(group, "s1"), { request: { path: "/", headers: { agent } } });
    });
  }

  it("fails in words when no value can be sent that matches a regular expression", () => {
    const match = { headers: { agent: { regex: "a\\nb" } }, path: { regex: "mock/.*" } };
    const group = strictGroup({ entry, lanes: [{ name: "s1", match }] });
    assert.deepEqual(requestOf(group, "s1"), {
      impossible: "no value is known that matches the regular expression of path, header agent",
    });
  });

  it("makes up a path that Envoy compares as it is", () => {
    const group = strictGroup({
      entry,
      lanes: [{ name: "s1", match: { path: { regex: "(?i)/api/.*/[[:digit:]]{2}" } } }],
    });
    assert.deepEqual(requestOf(group, "s1"), { request: { path: "/api/a/00", headers: {} } });
  });

  it("fails in words when the rule of another lane takes every such request", () => {
    const lanes = [
      { name: "s1", match: { headers: { lane: { prefix: "s" } } } },
      { name: "s2", match: { headers: { lane: "s20" } } },
    ];
    assert.deepEqual(requestOf(strictGroup({ entry, lanes }), "s2"), {
      impossible: "the rule of lane s1 takes such requests",
    });
  });

  it("names a host that the entry and the lane both take", () => {
    const lanes = [{ name: "s1", match: { hosts: ["*.example.com"] } }];
    const group = strictGroup({ entry: { ...entry, hosts: ["other.org", "shop.example.com"] }, lanes });
    assert.deepEqual(requestOf(group, "s1"), { request: { path: "/", headers: {}, host: "shop.example.com" } });
  });

  it("fails in words for a share without a cookie", () => {
    const group = strictGroup({ entry: { ...entry, sticky: false }, lanes: [{ name: "s1", weight: 100 }] });
    assert.deepEqual(requestOf(group, "s1"), {
      impossible: "only a share of requests without a cookie enters this lane (weight, sticky: false)",
    });
  });
});

describe("curlCommand", () => {
  const request = { path: "/mock?lane=v2", headers: { version: "v2" }, host: "shop.example.com" };

  it("names the host in a header for HTTP", () => {
    assert.equal(
      curlCommand(request, "http://10.200.0.2"),
      "curl -H 'version: v2' -H 'host: shop.example.com' 'http://10.200.0.2/mock?lane=v2'",
    );
  });

  it("names the host in the URL for HTTPS, so that the handshake has it", () => {
    assert.equal(
      curlCommand(request, "https://203.0.113.7:8443"),
      "curl --connect-to '::203.0.113.7:' -H 'version: v2' 'https://shop.example.com:8443/mock?lane=v2'",
    );
  });

  it("quotes what a shell would take for its own", () => {
    const quoted = { path: "/it's?a=1&b=$HOME", headers: { "x-user": "O'Neil `id`" } };
    assert.equal(
      curlCommand(quoted, "http://10.200.0.2"),
      "curl -H 'x-user: O'\\''Neil `id`' 'http://10.200.0.2/it'\\''s?a=1&b=$HOME'",
    );
  });

  it("names no host where any will do", () => {
    assert.equal(curlCommand({ path: "/", headers: {} }, "https://203.0.113.7"), "curl 'https://203.0.113.7/'");
  });

  it("is one word for each part, whatever a shell makes of it, and asks curl to leave the URL as it is", async () => {
    const nasty = { path: "/a/../b?q={x}", headers: { "x-a": "it's; $(false) `false`", "x-b": "" } };
    const command = curlCommand(nasty, "http://10.200.0.2").replace(/^curl/, "printf '%s\\n'");
    const { stdout } = await execa("bash", ["-c", command]);
    assert.deepEqual(stdout.split("\n"), [
      ...["-H", "x-a: it's; $(false) `false`", "-H", "x-b;"],
      ...["--path-as-is", "--globoff", "http://10.200.0.2/a/../b?q={x}"],
    ]);
  });
});
