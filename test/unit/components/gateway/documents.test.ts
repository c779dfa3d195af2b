import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import { AsmIngressGateway } from "../../../../components/gateway/asm-gateway";
import type { GatewayPort } from "../../../../components/gateway/listeners";
import { type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";
import { differences, documentObjects } from "../lanes/asm/differences";

const http: GatewayPort = { name: "http", port: 80, protocol: "HTTP", hosts: ["*"] };
const https: GatewayPort = {
  ...{ name: "https", port: 443, protocol: "HTTPS", hosts: ["*"] },
  credentialName: "myexample-credential",
};
const alpha = {
  // Every ASM that lanes run on has both.
  apiVersion: ["networking.istio.io/v1alpha3", "networking.istio.io/v1beta1"],
  // There by the namespace of kubectl.
  "metadata.namespace": ["-", "default"],
};

describe("the Gateway objects of the documents on ASM", () => {
  let mocks: PulumiMocks;
  const [of000, of001, ws, wss] = documentObjects("gateways.yaml");

  beforeEach(async () => {
    mocks = await startPulumiMocks();
  });

  /** The object that a further gateway with these ports becomes. */
  async function made(name: string, ports: readonly GatewayPort[]): Promise<unknown> {
    const provider = new Provider("mesh", { kubeconfig: "text" });
    const loadBalancer = { id: "lb-1", address: "203.0.113.7" };
    const further = name === "ingressgateway" ? [] : [{ name, namespace: "default", ports }];
    const args = { gatewayName: "ingressgateway", ports: [http], further, clusterIds: ["c1"], loadBalancer };
    const gateway = new AsmIngressGateway("gateway", args, { provider });
    await settled(gateway, ...gateway.listeners);
    return mocks.named(further.length === 0 ? "gateway-listeners" : `gateway-listeners-default/${name}`).inputs;
  }

  it("000: its port for WebSockets, as there", async () => {
    assert.deepEqual(differences(of000, await made("ws-gateway", [{ ...http, port: 30080 }])), {});
  });

  it("001: the gateway itself, as there; 003 uses it", async () => {
    assert.deepEqual(differences(of001, await made("ingressgateway", [http])), {});
  });

  it("002: ws, as there", async () => {
    assert.deepEqual(differences(ws, await made("tornado-gateway", [http])), alpha);
  });

  it("002: wss by the TLS secret, as there", async () => {
    assert.deepEqual(differences(wss, await made("tornado-gateway", [http, https])), alpha);
  });
});
