import * as pulumi from "@pulumi/pulumi";
import { AsmIngressGateway, ExistingAsmMesh } from "mesh-lanes";

const mesh = new ExistingAsmMesh("mesh", { kubeconfig: new pulumi.Config().requireSecret("meshKubeconfig") });
const gateway = new AsmIngressGateway(
  "gateway",
  {
    gatewayName: "public",
    ports: [{ name: "http", port: 80, protocol: "HTTP", hosts: ["shop.example.com"] }],
    clusterIds: ["c0123456789abcdef"],
    loadBalancer: { id: "lb-bp1example", address: "203.0.113.7", overrideListeners: true },
  },
  { provider: mesh.provider },
);

export const url = gateway.url;
