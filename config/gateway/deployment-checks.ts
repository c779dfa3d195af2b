import { deploymentProblems } from "../../components/gateway/gateway-deployment";
import type { Problems } from "../../components/lanes/validate/problems";
import { isOwnCluster } from "../ownership/namespaces";
import type { Sections } from "../stack";
import { onlyFor, type Written } from "../values";
import { type deploymentKeys, deploymentOf } from "./deployment";

type Config = Pick<Sections, "cluster" | "mesh" | "gateway" | "gateways">;

/** How the gateway runs, on this mesh and cluster. */
export function checkGatewayDeployment(problems: Problems, config: Config, written: Written): void {
  const { mesh, gateway } = config;
  const only = (keys: readonly (keyof typeof deploymentKeys)[], what: string) => {
    for (const key of keys) onlyFor(problems, written, `gateway.${key}`, what);
  };
  checkNodePorts(problems, config);
  if (mesh.kind === "asm") {
    only(["serviceType", "address", "minAvailable", "drainSeconds", "existing"], "a mesh of kind istio");
    if (typeof gateway.replicas === "object") {
      const fix = "Give one number: ASM's console sets the bounds of an autoscaler.";
      problems.add("gateway.replicas", "an autoscaler", "a number of pods on asm", fix);
    }
    return;
  }
  if (gateway.existing) {
    only(ofOurPods, "a gateway that this stack runs, and gateway.existing names one of somebody else");
    if (isOwnCluster(config)) {
      const got = `set, on a cluster of kind ${config.cluster.kind} that this stack makes`;
      problems.add("gateway.existing", got, "only on a cluster that somebody else runs", "Remove it.");
    }
    if (gateway.address === undefined) needAddress(problems, "for an existing gateway");
    return;
  }
  checkReach(problems, config, only);
  // Whether the type of the Service fits the cluster is judged above.
  for (const { path, got, expected, fix } of deploymentProblems(
    "gateway",
    { kind: "loadBalancer" },
    deploymentOf(gateway),
  )) {
    problems.add(path, got, expected, fix);
  }
}

/** Keys that say how this stack runs the pods and what their listeners ask for. */
const ofOurPods = [
  ...(["serviceType", "replicas", "minAvailable", "drainSeconds"] as const),
  ...(["minTlsVersion", "clientCertificates"] as const),
] as const;

/** A cluster on this machine is reached in its own way; elsewhere only a load balancer tells its address. */
function checkReach(
  problems: Problems,
  { cluster, gateway }: Config,
  only: (keys: readonly (keyof typeof deploymentKeys)[], what: string) => void,
): void {
  if (cluster.kind !== "existing" && cluster.kind !== "ack") {
    only(["serviceType", "address"], "a cluster of kind existing or ack");
    return;
  }
  const { serviceType = "LoadBalancer", address } = gateway;
  if (serviceType !== "LoadBalancer" && address === undefined) needAddress(problems, `for serviceType ${serviceType}`);
}

function needAddress(problems: Problems, forWhat: string): void {
  const expected = `required ${forWhat}: the IP address or host name at which clients reach it`;
  const fix = "Name it, such as the address of a node, or 127.0.0.1 for kubectl port-forward.";
  problems.add("gateway.address", "missing", expected, fix);
}

/** Kubernetes' own range, which a cluster may have changed; whether it has is for the API server to say. */
function checkNodePorts(problems: Problems, { mesh, gateway, gateways }: Config): void {
  const fits = mesh.kind === "istio" && (gateway.existing !== undefined || gateway.serviceType === "NodePort");
  const ports = [
    ...gateway.ports.map((port, index) => ({ at: `gateway.ports[${index}].nodePort`, port })),
    ...gateways.flatMap((further, gatewayIndex) =>
      further.ports.map((port, index) => ({ at: `gateways[${gatewayIndex}].ports[${index}].nodePort`, port })),
    ),
  ];
  const taken = new Map<number, { readonly at: string; readonly port: number }>();
  for (const { at, port } of ports) {
    if (port.nodePort === undefined) continue;
    if (!fits) {
      const expected = "only for gateway.serviceType NodePort, or with gateway.existing";
      problems.add(at, "nodePort is set", expected, "Remove nodePort, or set gateway.serviceType.");
      continue;
    }
    const earlier = taken.get(port.nodePort);
    if (earlier === undefined) taken.set(port.nodePort, { at, port: port.port });
    else if (earlier.port !== port.port) {
      const got = `got ${port.nodePort}, which ${earlier.at} has for port ${earlier.port}`;
      problems.add(at, got, "a node port for each port", "Choose another one.");
    }
  }
}
