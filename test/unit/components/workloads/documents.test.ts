import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import type { WorkloadArgs } from "../../../../components/workloads/args";
import { Workload } from "../../../../components/workloads/workload";
import { settled, startPulumiMocks } from "../../pulumi-mocks";
import { differences, documentObjects } from "../lanes/asm/differences";

/** The Service of a workload, as plain data. */
async function service(args: Pick<WorkloadArgs, "serviceName" | "port"> & Partial<WorkloadArgs>): Promise<unknown> {
  const mocks = await startPulumiMocks();
  const provider = new Provider("cluster", { kubeconfig: "text" });
  const usual = { namespace: "default", image: "app:1", versions: ["v1"] };
  const workload = new Workload(args.serviceName, { ...usual, ...args }, { provider });
  await settled(workload, ...workload.deployments);
  return mocks.named(`${args.serviceName}-service`).inputs;
}

const ours = (app: string) => ({
  // There by the namespace of kubectl.
  "metadata.namespace": ["-", "default"],
  "metadata.labels.app": ["-", app],
  // Its Deployments are waited for instead of its endpoints.
  "metadata.annotations.pulumi.com/skipAwait": ["-", "true"],
});
/** What Kubernetes fills in. */
const byDefault = { "spec.type": ["ClusterIP", "-"] };

describe("the Services of the documents", () => {
  const [wsk, helloworld, tornado, server, client] = documentObjects("services.yaml");

  it("000: socket.io and what it calls", async () => {
    const args = { serviceName: "wsk-svc", port: 5000, portName: "http-ws", sessionAffinity: "ClientIP" } as const;
    assert.deepEqual(differences(wsk, await service(args)), {
      ...ours("wsk-svc"),
      // Ours has one name for Service and pods; lanes find pods by it.
      "spec.selector.app": ["wsk", "wsk-svc"],
      "spec.ports[0].protocol": ["TCP", "-"],
    });
    assert.deepEqual(differences(helloworld, await service({ serviceName: "helloworld", port: 5000 })), {
      ...ours("helloworld"),
      "spec.ports[0].targetPort": ["-", 5000],
    });
  });

  it("002: the page and its WebSocket", async () => {
    const { "metadata.labels.app": _, ...others } = ours("tornado");
    assert.deepEqual(differences(tornado, await service({ serviceName: "tornado", port: 8888 })), {
      ...others,
      "metadata.labels.service": ["tornado", "-"],
      "spec.ports[0].targetPort": ["-", 8888],
    });
  });

  it("004: server and client", async () => {
    for (const [document, serviceName, portName] of [
      [server, "websockets-server", "http-websocket"],
      [client, "websockets-client", "http-websockets-client"],
    ] as const) {
      const { "metadata.labels.app": _, ...others } = ours(serviceName);
      const args = { serviceName, port: 8080, targetPort: 80, portName };
      assert.deepEqual(differences(document, await service(args)), { ...others, ...byDefault });
    }
  });
});
