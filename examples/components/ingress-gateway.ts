import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, IngressGateway, IstioMesh, onCluster } from "mesh-lanes";

const version = "1.31.0";
const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const cluster = new ExistingCluster("cluster", { kubeconfig });
const mesh = new IstioMesh("mesh", { version }, onCluster(cluster));
const gateway = new IngressGateway(
  "gateway",
  {
    version,
    gatewayName: "public",
    namespace: "istio-system",
    ports: [{ name: "http", port: 80, protocol: "HTTP", hosts: ["shop.example.com"] }],
    deployment: { replicas: { min: 2, max: 6 }, minAvailable: 1, drainSeconds: 45 },
  },
  { ...onCluster(cluster), dependsOn: [mesh] },
);

export const url = gateway.url;
