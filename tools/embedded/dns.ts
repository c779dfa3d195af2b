import type { NodeApi } from "./api";
import type { NodeConfig } from "./config";

/**
 * The Service that every pod's resolver names, with the node's own CoreDNS behind it: CoreDNS runs beside the kubelet,
 * so it needs no image and no selector.
 */
export function dnsObjects(config: NodeConfig): { path: string; object: object }[] {
  const namespace = "kube-system";
  const ports = (["UDP", "TCP"] as const).map((protocol) => ({
    name: `dns-${protocol.toLowerCase()}`,
    protocol,
    port: 53,
  }));
  return [
    {
      path: "/apis/rbac.authorization.k8s.io/v1/clusterroles/mesh-lanes:coredns",
      object: {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "mesh-lanes:coredns" },
        rules: [
          { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
          { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
        ],
      },
    },
    {
      path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/mesh-lanes:coredns",
      object: {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "mesh-lanes:coredns" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "mesh-lanes:coredns" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "system:coredns" }],
      },
    },
    {
      path: `/api/v1/namespaces/${namespace}/services/kube-dns`,
      object: {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "kube-dns", namespace, labels: { "k8s-app": "kube-dns" } },
        spec: { clusterIP: config.dnsServiceAddress, ports },
      },
    },
    {
      path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/kube-dns`,
      object: {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: {
          name: "kube-dns",
          namespace,
          labels: {
            "kubernetes.io/service-name": "kube-dns",
            "endpointslice.kubernetes.io/managed-by": "mesh-lanes-node",
          },
        },
        addressType: "IPv4",
        endpoints: [{ addresses: [config.nodeAddress], conditions: { ready: true } }],
        ports,
      },
    },
  ];
}

export async function applyDns(api: NodeApi, config: NodeConfig): Promise<void> {
  for (const { path, object } of dnsObjects(config)) await api.apply(path, object);
}
