import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, ExistingGateway, onCluster } from "mesh-lanes";

const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const cluster = new ExistingCluster("cluster", { kubeconfig });
const gateway = new ExistingGateway(
  "gateway",
  {
    gatewayName: "public",
    namespace: "istio-system",
    ports: [{ name: "http", port: 80, protocol: "HTTP", hosts: ["*"] }],
    pods: { namespace: "istio-system", labels: { istio: "ingressgateway" } },
    address: "203.0.113.8",
    further: [
      {
        name: "shop",
        namespace: "shop",
        ports: [{ name: "http-shop", port: 8080, protocol: "HTTP", hosts: ["shop.example.com"] }],
      },
    ],
  },
  onCluster(cluster),
);

export const urls = gateway.urls;
