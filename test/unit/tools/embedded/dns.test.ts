import assert from "node:assert/strict";
import { nodeConfig } from "../../../../tools/embedded/config";
import { dnsObjects } from "../../../../tools/embedded/dns";

describe("dnsObjects", () => {
  it("put the node's own CoreDNS behind the address that pods ask", () => {
    const ports = [
      { name: "dns-udp", protocol: "UDP", port: 53 },
      { name: "dns-tcp", protocol: "TCP", port: 53 },
    ];
    assert.deepEqual(dnsObjects(nodeConfig()).slice(2), [
      {
        path: "/api/v1/namespaces/kube-system/services/kube-dns",
        object: {
          apiVersion: "v1",
          kind: "Service",
          metadata: { name: "kube-dns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
          spec: { clusterIP: "10.96.0.10", ports },
        },
      },
      {
        path: "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices/kube-dns",
        object: {
          apiVersion: "discovery.k8s.io/v1",
          kind: "EndpointSlice",
          metadata: {
            name: "kube-dns",
            namespace: "kube-system",
            labels: {
              "kubernetes.io/service-name": "kube-dns",
              "endpointslice.kubernetes.io/managed-by": "mesh-lanes-node",
            },
          },
          addressType: "IPv4",
          endpoints: [{ addresses: ["10.200.0.2"], conditions: { ready: true } }],
          ports,
        },
      },
    ]);
  });
});
