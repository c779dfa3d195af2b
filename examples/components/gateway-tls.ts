import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, GatewayTls, IngressGateway, IstioMesh, onCluster } from "mesh-lanes";

const version = "1.31.0";
const config = new pulumi.Config();
const cluster = new ExistingCluster("cluster", { kubeconfig: config.requireSecret("kubeconfig") });
const mesh = new IstioMesh("mesh", { version }, onCluster(cluster));
const tls = new GatewayTls(
  "tls",
  {
    namespace: "istio-system",
    secrets: [
      {
        secret: "shop-credential",
        hosts: ["shop.example.com"],
        source: { kind: "pem", certificate: config.require("certificate"), key: config.requireSecret("key") },
      },
      {
        secret: "admin-credential",
        hosts: ["admin.example.com"],
        source: { kind: "certManager", issuer: { name: "letsencrypt", kind: "ClusterIssuer" } },
      },
    ],
  },
  { ...onCluster(cluster), dependsOn: [mesh] },
);
const port = { port: 443, protocol: "HTTPS" as const };
const ports = [
  { ...port, name: "https-shop", hosts: ["shop.example.com"], credentialName: "shop-credential" },
  { ...port, name: "https-admin", hosts: ["admin.example.com"], credentialName: "admin-credential" },
];
const args = { version, gatewayName: "public", namespace: "istio-system", ports };
new IngressGateway("gateway", args, { ...onCluster(cluster), dependsOn: [mesh, ...tls.credentials] });
