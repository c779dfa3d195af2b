import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, ExistingIstioMesh, laneNamespace, onCluster, Workload } from "mesh-lanes";

const config = new pulumi.Config();
const cluster = new ExistingCluster("cluster", { kubeconfig: config.requireSecret("kubeconfig") });
const mesh = new ExistingIstioMesh("mesh", {}, onCluster(cluster));
const { provider } = cluster;
const namespace = laneNamespace("shop", "shop", mesh.injectionLabel, { provider, dependsOn: [mesh] });
const cart = new Workload(
  "cart",
  {
    serviceName: "cart",
    namespace: "shop",
    port: 80,
    targetPort: 8080,
    versions: {
      v1: { image: "registry.example.com/cart:1.4.2", replicas: { min: 2, max: 8 } },
      v2: { image: "registry.example.com/cart:1.5.0", env: { NEW_PRICES: "true" } },
    },
    probe: { http: "/healthz" },
    secretEnv: { DATABASE_PASSWORD: config.requireSecret("databasePassword") },
    pod: {
      spec: { containers: [{ name: "app", resources: { requests: { cpu: "100m" }, limits: { memory: "1Gi" } } }] },
    },
  },
  { ...onCluster(cluster), dependsOn: [namespace] },
);

export const service = cart.serviceName;
