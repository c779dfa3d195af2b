import assert from "node:assert/strict";
import { laneGroupSchema } from "../../../../../components/lanes/spec";
import { s1, s4Input } from "../fixtures";
import { clientBaggage, destination, log, pick, render, unhashed } from "./rendered";

describe("renderIstio of permissive lanes entered by a public header (S1)", () => {
  it("matches the client's header and writes it again, and gives the rest to the baseline", () => {
    const rule = (lane: string, match?: object) => {
      const set = { "x-mesh-lane": lane, version: lane, baggage: `version=${lane}${clientBaggage}` };
      const to = { ...destination("wsk-svc", "v1", 5000), headers: { request: { set } } };
      return {
        name: match ? `ws/entry/${lane}` : "ws/entry",
        ...(match && { match: [match] }),
        // What is left goes to a list, for the patches of fallback.
        route: match ? [to] : [1, 2].map(() => ({ ...to, weight: 50 })),
      };
    };
    assert.deepEqual(pick(s1, "VirtualService default/ws").spec, {
      hosts: ["*"],
      gateways: ["default/ws-gateway"],
      http: [
        ...["baseline", "v1", "v2"].map((lane) => rule(lane, { headers: { version: { exact: lane } } })),
        rule("baseline"),
      ],
    });
  });

  it("routes helloworld by lane and wsk to its one version", () => {
    const http = (service: string) => pick(s1, `VirtualService default/ws.${service}`).spec.http;
    const last = (service: string) => ({
      ...{ name: `ws/${service}`, match: [{ port: 5000 }], ...log("baseline") },
      route: [{ ...destination(service, "v1", 5000), ...log("%REQ(version)%") }],
    });
    assert.deepEqual(http("wsk-svc"), [last("wsk-svc")]);
    assert.deepEqual(http("helloworld"), [
      ...["v1", "v2"].map((lane) => ({
        name: `ws/helloworld/${lane}`,
        match: [{ headers: { version: { exact: lane } }, port: 5000 }],
        route: [{ ...destination("helloworld", lane, 5000), ...log(lane) }],
      })),
      last("helloworld"),
    ]);
  });

  it("makes no fallback between the same pods", () => {
    const fallbacks = render(s1).filter((object) => JSON.stringify(object).includes("envoy.clusters.aggregate"));
    assert.deepEqual(fallbacks.map(unhashed), ["EnvoyFilter default/ws.v2.*"]);
  });
});

describe("renderIstio of a header beside weights", () => {
  it("takes whoever names a lane by the header into it, and shares out the rest", () => {
    const entry = { ...s4Input.entry, header: "x-lane" };
    const http = pick(laneGroupSchema.parse({ ...s4Input, entry }), "VirtualService default/shop").spec.http;
    const rules = (http as { name: string; match?: object[]; route: { weight?: number }[] }[]).map((rule) => [
      rule.name,
      rule.match?.[0],
      rule.route.map(({ weight }) => weight),
    ]);
    const lanes = ["v1", "v2", "v3"];
    assert.deepEqual(rules.slice(0, 3), [
      ...lanes.map((lane) => [`shop/entry/${lane}`, { headers: { "x-lane": { exact: lane } } }, [undefined]]),
    ]);
    assert.deepEqual(
      rules.slice(3).map(([name]) => name),
      [...lanes.map((lane) => `shop/entry/${lane}/cookie`), "shop/entry"],
    );
    assert.deepEqual(rules.at(-1), ["shop/entry", undefined, [40, 30, 30]]);
  });
});

describe("renderIstio of entry matches", () => {
  it("writes headers, cookies, query, hosts and path as Istio matches", () => {
    const group = laneGroupSchema.parse({
      ...s4Input,
      lanes: [
        { name: "v1", weight: 100 },
        {
          name: "v2",
          match: {
            headers: { "x-a": { prefix: "1" } },
            cookies: { "a.b": "x" },
            query: { q: { regex: "a+" } },
            hosts: ["beta.example.com", "*.dev.example.com"],
            path: { prefix: "/v2/" },
          },
        },
      ],
    });
    const http = pick(group, "VirtualService default/shop").spec.http as { match?: unknown }[];
    assert.deepEqual(http[0]?.match, [
      {
        uri: { prefix: "/v2/" },
        authority: { regex: "(?i)(beta\\.example\\.com|[^:]+\\.dev\\.example\\.com)(:[0-9]+)?" },
        headers: { "x-a": { prefix: "1" }, cookie: { regex: "(.*; *)?a\\.b=x *(;.*)?" } },
        queryParams: { q: { regex: "a+" } },
      },
    ]);
  });
});
