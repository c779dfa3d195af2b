import assert from "node:assert/strict";
import { allowedCalls } from "../../../../components/security/calls";
import { renderNetworkPolicies } from "../../../../components/security/network-policies";
import { gatewayPods, s2 } from "../lanes/fixtures";
import { connects } from "./network-evaluator";

const gateway = { ...gatewayPods, account: "istio-ingressgateway" };
const controlPlane = { namespace: "istio-system", labels: { app: "istiod" } };
const pod = (name: string, namespace = "default") => ({ namespace, labels: { app: name, version: "v1" } });

describe("renderNetworkPolicies", () => {
  const workloads = ["mocka", "mockb", "mockc"].map((name) => ({ name, namespace: "default", targetPort: 8080 }));
  const calls = allowedCalls({ laneGroups: [s2], workloads, allow: [], gateway });
  const policies = renderNetworkPolicies([{ namespace: "default" }], calls, { gateway, controlPlane });

  it("lets callers reach the further ports that a group declares, and no other", () => {
    const services = s2.services.map((service) => ({
      ...service,
      ports: [{ port: 9000, protocol: "grpc" as const }],
    }));
    const ports = [9000, 9100].map((port) => ({ port, targetPort: port + 1 }));
    const several = workloads.map((workload) => ({ ...workload, ports }));
    const allowed = renderNetworkPolicies(
      [{ namespace: "default" }],
      allowedCalls({ laneGroups: [{ ...s2, services }], workloads: several, allow: [], gateway }),
      { gateway, controlPlane },
    );
    const open = [8080, 9001, 9101].filter((port) => connects(allowed, pod("mocka"), pod("mockb"), port));
    assert.deepEqual(open, [8080, 9001]);
  });

  it("has two policies for a call, one for each end, and those of the namespace", () => {
    assert.deepEqual(
      policies.map(({ metadata, stage }) => `${stage} ${metadata.namespace}/${metadata.name}`),
      [
        "allow default/default.mocka.from.istio-system.istio-ingressgateway.ingress",
        "allow default/default.mockb.from.default.mocka.ingress",
        "allow default/default.mockb.from.default.mocka.egress",
        "allow default/default.mockc.from.default.mockb.ingress",
        "allow default/default.mockc.from.default.mockb.egress",
        "allow default/dns-and-control-plane",
        "deny default/default-deny",
      ],
    );
    assert.deepEqual(policies[1], {
      stage: "allow",
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: {
        name: "default.mockb.from.default.mocka.ingress",
        namespace: "default",
        labels: { "app.kubernetes.io/managed-by": "mesh-lanes", "mesh-lanes/group": "mesh-lanes.security" },
      },
      spec: {
        podSelector: { matchLabels: { app: "mockb" } },
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "default" } },
                podSelector: { matchLabels: { app: "mocka" } },
              },
            ],
            ports: [{ port: 8080, protocol: "TCP" }],
          },
        ],
      },
    });
  });

  const gatewayPod = { ...gatewayPods, labels: { ...gatewayPods.labels, app: "istio-ingressgateway" } };
  const istiod = pod("istiod", "istio-system");
  const dns = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
  const expected = [
    { title: "the gateway to the entry service", from: gatewayPod, to: pod("mocka"), port: 8080 },
    { title: "a caller to the service it calls", from: pod("mocka"), to: pod("mockb"), port: 8080 },
    { title: "a pod to istiod", from: pod("mockc"), to: istiod, port: 15012 },
    { title: "a pod to DNS", from: pod("mockc"), to: dns, port: 53 },
  ];
  for (const { title, from, to, port } of expected) {
    it(`lets ${title}`, () => assert.equal(connects(policies, from, to, port), true));
  }

  const refused = [
    { title: "a caller to a service it does not call", from: pod("mocka"), to: pod("mockc"), port: 8080 },
    { title: "a call back", from: pod("mockb"), to: pod("mocka"), port: 8080 },
    { title: "a caller to another port", from: pod("mocka"), to: pod("mockb"), port: 22 },
    { title: "the gateway past the entry service", from: gatewayPod, to: pod("mockb"), port: 8080 },
    { title: "a pod of that name elsewhere", from: pod("mocka", "other"), to: pod("mockb"), port: 8080 },
    { title: "a pod to another namespace", from: pod("mocka"), to: pod("mockb", "other"), port: 8080 },
    { title: "a pod to another port of istiod", from: pod("mocka"), to: istiod, port: 15014 },
    { title: "a pod of no service", from: pod("job"), to: pod("mocka"), port: 8080 },
  ];
  for (const { title, from, to, port } of refused) {
    it(`does not let ${title}`, () => assert.equal(connects(policies, from, to, port), false));
  }

  it("leaves the port open to callers where the program does not run the service", () => {
    const unknown = allowedCalls({ laneGroups: [s2], workloads: [], allow: [], gateway });
    const open = renderNetworkPolicies([{ namespace: "default" }], unknown, { gateway, controlPlane });
    assert.equal(connects(open, pod("mocka"), pod("mockb"), 1234), true);
    assert.equal(connects(open, pod("mocka"), pod("mockc"), 1234), false);
  });

  it("leaves a gateway in a secured namespace open to the outside", () => {
    const inside = { ...gateway, namespace: "default" };
    const own = renderNetworkPolicies([{ namespace: "default" }], calls, { gateway: inside, controlPlane });
    assert.equal(connects(own, { namespace: "", labels: {} }, { ...inside }, 443), true);
  });

  it("keeps a caller in another secured namespace to its call on its side too", () => {
    const allow = [{ from: "jobs/nightly", to: "default/mockc" }];
    const more = allowedCalls({ laneGroups: [s2], workloads, allow, gateway });
    const both = renderNetworkPolicies([{ namespace: "default" }, { namespace: "jobs" }], more, {
      gateway,
      controlPlane,
    });
    assert.equal(connects(both, pod("nightly", "jobs"), pod("mockc"), 8080), true);
    assert.equal(connects(both, pod("nightly", "jobs"), pod("anything", "elsewhere"), 8080), false);
  });
});
