import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { ApiServerAccess } from "../../cloud/account";
import type { ApiServer } from "../others/api-server";
import { gatewayServes } from "../others/asm-gateway";

/** How a stand-in for the account leads to an API server. */
export function accessTo(server: ApiServer): ApiServerAccess {
  const kubeconfig = readFileSync(server.kubeconfigFile, "utf8");
  const { clusters }: { clusters: { cluster: { server: string } }[] } = parse(kubeconfig);
  return { kubeconfig, server: clusters[0]?.cluster.server ?? "" };
}

/**
 * What ACK and ASM bring to a cluster that joins a mesh, on an API server with nothing behind it: a node, the mesh's namespace, its
 * sidecar injector, and the pods and the Service of the gateway.
 */
export async function joined(server: ApiServer, gateway: string, ports: readonly number[]): Promise<void> {
  const rules = [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }];
  await server.apply(
    [
      { apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } },
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "istio-system" } },
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "MutatingWebhookConfiguration",
        metadata: { name: "istio-sidecar-injector" },
        webhooks: [
          {
            name: "sidecar-injector.istio.io",
            ...{ rules, admissionReviewVersions: ["v1"], sideEffects: "None", failurePolicy: "Ignore" },
            namespaceSelector: { matchLabels: { "istio-injection": "enabled" } },
            clientConfig: { service: { name: "istiod", namespace: "istio-system" } },
          },
        ],
      },
    ],
    "asm",
  );
  const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };
  const args = ["node/node-1", "--subresource=status", "--type=merge", `--patch=${JSON.stringify(ready)}`];
  await server.kubectl("patch", ...args);
  await gatewayServes(server, gateway, ports);
}
