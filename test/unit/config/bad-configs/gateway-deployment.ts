import { type BadConfig, bad } from "./bad-config";

const cluster = { kind: "existing", kubeconfig: "k", context: "mine" };
const asm = {
  cluster: { ...cluster, id: "c1" },
  mesh: { kind: "asm", version: "1.24.6.64", kubeconfig: "m", context: "mine" },
};
const loadBalancer = { id: "lb-1", address: "203.0.113.7" };
const there = (gateway: object) => ({ cluster, gateway });
const onAsm = (gateway: object) => ({ ...asm, gateway: { loadBalancer, ...gateway } });
const http = { name: "http", port: 80, protocol: "HTTP" };

export const badGatewayDeployments: readonly BadConfig[] = [
  bad(
    "a type of Service where the cluster is reached in its own way",
    { gateway: { serviceType: "NodePort" } },
    "gateway.serviceType",
    "serviceType is set",
    "only for a cluster of kind existing or ack",
    /^Remove serviceType\.$/,
  ),
  bad(
    "a type of Service that nothing tells the address of",
    there({ serviceType: "NodePort" }),
    "gateway.address",
    "missing",
    "required for serviceType NodePort: the IP address or host name at which clients reach it",
    /address of a node, or 127\.0\.0\.1 for kubectl port-forward/,
  ),
  bad(
    "a budget as large as the number of pods",
    { gateway: { replicas: 2, minAvailable: 2 } },
    "gateway.minAvailable",
    "2 of 2 pods",
    "at least 1, and fewer than the pods there are: else no node with one could be drained",
    /raise replicas/,
  ),
  bad(
    "bounds of an autoscaler the wrong way round",
    { gateway: { replicas: { min: 3, max: 2 } } },
    "gateway.replicas.max",
    "3 to 2 pods",
    "a whole number that is not below min",
    /Raise max/,
  ),
  bad(
    "no pods",
    { gateway: { replicas: 0 } },
    "gateway.replicas",
    "got 0",
    "a number of pods, or { min, max, cpuPercent } of an autoscaler; default 1, on asm 2",
    /./,
  ),
  bad(
    "an autoscaler on asm",
    onAsm({ replicas: { min: 2, max: 4 } }),
    "gateway.replicas",
    "an autoscaler",
    "a number of pods on asm",
    /ASM's console/,
  ),
  bad(
    "a drain on asm",
    onAsm({ drainSeconds: 45 }),
    "gateway.drainSeconds",
    "drainSeconds is set",
    "only for a mesh of kind istio",
    /^Remove drainSeconds\.$/,
  ),
  bad(
    "an existing gateway without an address",
    there({ existing: {} }),
    "gateway.address",
    "missing",
    "required for an existing gateway: the IP address or host name at which clients reach it",
    /Name it/,
  ),
  bad(
    "pods of an existing gateway",
    there({ existing: {}, address: "192.0.2.10", replicas: 3 }),
    "gateway.replicas",
    "replicas is set",
    "only for a gateway that this stack runs, and gateway.existing names one of somebody else",
    /^Remove replicas\.$/,
  ),
  bad(
    "an existing gateway on a cluster of ours",
    { gateway: { existing: {}, address: "192.0.2.10" } },
    "gateway.existing",
    "set, on a cluster of kind auto that this stack makes",
    "only on a cluster that somebody else runs",
    /^Remove it\.$/,
  ),
  bad(
    "a node port without such a Service",
    there({ ports: [{ ...http, nodePort: 30080 }] }),
    "gateway.ports[0].nodePort",
    "nodePort is set",
    "only for gateway.serviceType NodePort, or with gateway.existing",
    /set gateway\.serviceType/,
  ),
  bad(
    "one node port for two ports",
    there({
      serviceType: "NodePort",
      address: "192.0.2.10",
      ports: [
        { ...http, nodePort: 30080 },
        { ...http, name: "more", port: 81, nodePort: 30080 },
      ],
    }),
    "gateway.ports[1].nodePort",
    "got 30080, which gateway.ports[0].nodePort has for port 80",
    "a node port for each port",
    /another one/,
  ),
];
