import type { ApiServer } from "./api-server";

const namespace = "istio-system";
const podNames = ["asm-gateway-0", "asm-gateway-1"];

/**
 * What ASM and ACK make of a gateway in the cluster: pods that are Ready, and a Service whose load balancer has an address. Nothing
 * behind this API server does it. The namespace has to be there.
 */
export async function gatewayServes(server: ApiServer, gateway: string, ports: readonly number[]): Promise<void> {
  const labels = { istio: gateway };
  const spec = {
    type: "LoadBalancer",
    selector: labels,
    ports: ports.map((port) => ({ name: `port-${port}`, port })),
  };
  await server.apply(
    [
      { apiVersion: "v1", kind: "Service", metadata: { name: "asm-gateway", namespace }, spec },
      ...podNames.map((name) => ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace, labels },
        spec: { containers: [{ name: "proxy", image: "registry.example.com/proxy:1.0.0" }] },
      })),
    ],
    "asm",
  );
  const status = (object: string, content: object) =>
    server.kubectl(
      ...["patch", object, "--namespace", namespace, "--subresource=status", "--type=merge"],
      `--patch=${JSON.stringify({ status: content })}`,
    );
  await status("service/asm-gateway", { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } });
  for (const name of podNames) await status(`pod/${name}`, { conditions: [{ type: "Ready", status: "True" }] });
}
