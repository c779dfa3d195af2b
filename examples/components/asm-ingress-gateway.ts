import * as pulumi from "@pulumi/pulumi";
import { AsmIngressGateway, ExistingAsmMesh, ExistingCluster } from "mesh-lanes";

const config = new pulumi.Config();
const cluster = new ExistingCluster("cluster", { kubeconfig: config.requireSecret("kubeconfig") });
const mesh = new ExistingAsmMesh("mesh", { kubeconfig: config.requireSecret("meshKubeconfig") });
const gateway = new AsmIngressGateway(
  "gateway",
  {
    gatewayName: "public",
    ports: [{ name: "http", port: 80, protocol: "HTTP", hosts: ["shop.example.com"] }],
    clusterIds: ["c0123456789abcdef"],
    cluster,
    loadBalancer: { id: "lb-bp1example", address: "203.0.113.7", overrideListeners: true },
  },
  { provider: mesh.provider },
);

export const url = gateway.url;
