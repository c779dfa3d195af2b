import { s4 } from "../../fixtures";
import { deployment, pod, remove, service } from "../fixtures";
import { all, type Fault, foreign, subsets } from "./fault";

/** Namespaces, Services and DestinationRules: ML020 to ML032. */
export const serviceAndSubsetFaults: readonly Fault[] = [
  {
    code: "ML020",
    fault: "the Service is missing",
    make: (facts) => {
      facts.services = facts.services.filter(({ name }) => name !== "mockb");
    },
    lanes: all,
    service: "mockb",
    says: /no Service default\/mockb/,
  },
  {
    code: "ML021",
    fault: "the Service has another port",
    make: (facts) => {
      service(facts, "mockb").ports = [{ name: "http", port: 8001 }];
    },
    lanes: all,
    service: "mockb",
    says: /no port 8000 \(it has 8001\)/,
  },
  ...(
    [
      ["error", { name: "tcp", port: 8000 }, /name tcp: for Istio that is TCP/],
      ["error", { name: "https-web", port: 8000 }, /for Istio that is TLS/],
      ["error", { name: "http", appProtocol: "tcp", port: 8000 }, /appProtocol tcp/],
      ["warning", { port: 8000 }, /name \(none\), which tells Istio no protocol/],
      ["warning", { name: "web", port: 8000 }, /name web, which tells/],
    ] as const
  ).map(
    ([severity, port, says]): Fault => ({
      code: "ML022",
      severity,
      fault: `the port is ${JSON.stringify(port)}`,
      make: (facts) => {
        service(facts, "mockb").ports = [port];
      },
      lanes: all,
      service: "mockb",
      says,
    }),
  ),
  {
    code: "ML023",
    fault: "the Service's selector fits no pod",
    make: (facts) => {
      service(facts, "mockb").selector = { app: "mokcb" };
    },
    lanes: all,
    service: "mockb",
    says: /selects app=mokcb, which no pod has/,
    fix: /kubectl patch service -n default mockb .*"app":"mockb"/,
  },
  {
    code: "ML024",
    fault: "the Service's selector takes one version only",
    make: (facts) => {
      service(facts, "mockb").selector = { app: "mockb", version: "v1" };
    },
    lanes: ["s2", "s3"],
    service: "mockb",
    says: /leaves out mockb-v2-x and mockb-v3-x/,
    fix: /"version":null/,
  },
  {
    code: "ML024",
    fault: "each version is a release of Helm's of its own, and the selector names one of them",
    make: (facts) => {
      const instance = "app.kubernetes.io/instance";
      service(facts, "mockb").selector = { app: "mockb", [instance]: "mockb" };
      for (const [name, release] of [
        ["mockb-v1", "mockb"],
        ["mockb-v2", "mockb-canary"],
        ["mockb-v3", "mockb"],
      ] as const) {
        pod(facts, name).labels[instance] = release;
        deployment(facts, name).templateLabels[instance] = release;
      }
    },
    lanes: ["s2"],
    service: "mockb",
    says: /selects app=mockb, app\.kubernetes\.io\/instance=mockb, which leaves out mockb-v2-x/,
    fix: /"app\.kubernetes\.io\/instance":null,?/,
  },
  {
    code: "ML030",
    fault: "a service's DestinationRule with subsets is gone",
    make: (facts) => remove(facts, "DestinationRule", "test.mockb.*"),
    lanes: all,
    service: "mockb",
    says: /no DestinationRule default\/test\.mockb\.[0-9a-f]{8}, so no lane has a subset of mockb/,
    fix: /npx lanes up/,
  },
  {
    code: "ML030",
    severity: "warning",
    fault: "the DestinationRule without subsets is gone",
    group: s4,
    make: (facts) => remove(facts, "DestinationRule", "shop.mockb"),
    lanes: ["v1", "v2", "v3"],
    service: "mockb",
    says: /no DestinationRule default\/shop\.mockb, which keeps the clusters of mockb as they are/,
  },
  {
    code: "ML031",
    fault: "a subset takes another lane's pods",
    make: (facts) => {
      const [, subset] = subsets(facts, "test.mockb.*");
      Object.assign(subset ?? {}, { labels: { ASM_TRAFFIC_TAG: "v3" } });
    },
    lanes: ["s2"],
    service: "mockb",
    says: /ASM_TRAFFIC_TAG is "v3", planned "v2"\. Traffic leaks: the subset of mockb v2 takes the pods of lane s3/,
  },
  {
    code: "ML031",
    fault: "a subset's labels fit no pod",
    make: (facts) => {
      const [, subset] = subsets(facts, "test.mockb.*");
      Object.assign(subset ?? {}, { labels: { ASM_TRAFFIC_TAG: "v9" } });
    },
    lanes: ["s2"],
    service: "mockb",
    says: /No pod has the labels of the subset of mockb v2: requests to it fail with 503/,
  },
  {
    code: "ML031",
    fault: "the subset that lanes fall back to is taken out",
    group: s4,
    make: (facts) => {
      subsets(facts, "shop.mockb.*").shift();
    },
    lanes: ["v1", "v2"],
    service: "mockb",
    says: /There is no subset of mockb v1: requests to it fail with 503/,
  },
  {
    code: "ML032",
    fault: "another DestinationRule defines the same subset with other labels",
    make: (facts) =>
      foreign(facts, "DestinationRule", {
        host: "mockb",
        subsets: [{ name: "version-v2", labels: { ASM_TRAFFIC_TAG: "v1" } }],
      }),
    lanes: ["s2"],
    service: "mockb",
    says: /default\/foreign defines subset version-v2 of mockb too/,
  },
];
