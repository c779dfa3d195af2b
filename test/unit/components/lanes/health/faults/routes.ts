import { s4 } from "../../fixtures";
import { istio, remove } from "../fixtures";
import { all, type Fault, foreign, http } from "./fault";

/** VirtualServices: ML040 to ML046. */
export const routeFaults: readonly Fault[] = [
  {
    code: "ML040",
    fault: "a service's VirtualService is gone",
    make: (facts) => remove(facts, "VirtualService", "test.mockb"),
    lanes: all,
    service: "mockb",
    says: /requests to mockb go to any version/,
  },
  {
    code: "ML041",
    fault: "one lane's route was changed by hand",
    make: (facts) => {
      Object.assign(http(facts, "test.mockb")[1] ?? {}, { fault: { abort: { httpStatus: 500 } } });
    },
    lanes: ["s2"],
    service: "mockb",
    says: /route test\/mockb\/s2: fault is .*not planned/,
  },
  {
    code: "ML041",
    fault: "a route was added in front",
    make: (facts) => {
      http(facts, "test.mockb").unshift({ route: [{ destination: { host: "mockb" } }] });
    },
    lanes: all,
    service: "mockb",
    says: /route without a name is not planned/,
  },
  {
    code: "ML041",
    fault: "the routes are in another order",
    group: s4,
    make: (facts) => {
      http(facts, "shop.mockb").reverse();
    },
    lanes: ["v1", "v2", "v3"],
    service: "mockb",
    says: /the order of its routes is another/,
  },
  {
    code: "ML042",
    fault: "an older VirtualService has the same host in sidecars",
    make: (facts) => foreign(facts, "VirtualService", { hosts: ["mockb"], http: [] }),
    lanes: all,
    service: "mockb",
    says: /default\/foreign routes mockb\.default\.svc\.cluster\.local .* the lanes' routes are not looked at/,
  },
  {
    code: "ML042",
    severity: "warning",
    fault: "a younger VirtualService has the same host in sidecars",
    make: (facts) => foreign(facts, "VirtualService", { hosts: ["mockb"], http: [] }, 0),
    lanes: all,
    service: "mockb",
    says: /which is the lanes'/,
  },
  {
    code: "ML043",
    fault: "the entry's VirtualService is gone",
    make: (facts) => remove(facts, "VirtualService", "test"),
    lanes: all,
    service: "mocka",
    says: /no route for the group, which gives 404/,
  },
  ...(
    [
      ["header value", { headers: { "x-asm-prefer-tag": { exact: "S2" } }, uri: { exact: "/mock" } }, /is "S2"/],
      ["URI", { headers: { "x-asm-prefer-tag": { exact: "s2" } }, uri: { exact: "/mok" } }, /uri\.exact is "\/mok"/],
    ] as const
  ).map(
    ([what, match, says]): Fault => ({
      code: "ML044",
      fault: `the entry matches another ${what}`,
      make: (facts) => {
        Object.assign(http(facts, "test")[1] ?? {}, { match: [match] });
      },
      lanes: ["s2"],
      service: "mocka",
      says,
    }),
  ),
  {
    code: "ML044",
    fault: "the entry has other hosts",
    make: (facts) => {
      istio(facts, "VirtualService", "test").spec.hosts = ["other.example.com"];
    },
    lanes: all,
    service: "mocka",
    says: /hosts\[0\] is "other\.example\.com", planned "\*"/,
  },
  {
    code: "ML045",
    fault: "an older VirtualService of the gateway takes every request",
    make: (facts) =>
      foreign(facts, "VirtualService", {
        gateways: ["istio-system/ingressgateway"],
        hosts: ["*"],
        http: [{ name: "all", route: [] }],
      }),
    lanes: all,
    service: "mocka",
    says: /is older, so its routes come first: route all takes every request/,
  },
  {
    code: "ML045",
    severity: "warning",
    fault: "an older VirtualService of the gateway takes some requests",
    make: (facts) =>
      foreign(facts, "VirtualService", {
        gateways: ["istio-system/ingressgateway"],
        hosts: ["*"],
        http: [{ match: [{ uri: { prefix: "/m" }, headers: { a: { exact: "b" } } }], route: [] }],
      }),
    lanes: all,
    service: "mocka",
    says: /route number 1 takes some requests/,
  },
  {
    code: "ML046",
    severity: "warning",
    fault: "a route at a gateway of others leads to every version of a service",
    make: (facts) => foreign(facts, "VirtualService", theirs({ host: "mockb" })),
    lanes: [],
    service: "mockb",
    says: /default\/foreign leads to mockb and names no subset: its requests, which are in no lane, meet v1, v2 and v3/,
    fix: /`subset: version-v1`/,
  },
  {
    code: "ML046",
    severity: "warning",
    fault: "a name of others within the mesh leads to every version of a service",
    make: (facts) =>
      foreign(facts, "VirtualService", {
        hosts: ["b.internal"],
        http: [{ route: [{ destination: { host: "mockb.default.svc.cluster.local", port: { number: 8000 } } }] }],
      }),
    lanes: [],
    service: "mockb",
    says: /leads to mockb/,
  },
];

/** A VirtualService at a gateway of others. */
export function theirs(destination: object): object {
  return { gateways: ["theirs/gateway"], hosts: ["shop.example.com"], http: [{ route: [{ destination }] }] };
}
