import { IstioMesh, KindCluster, onCluster } from "mesh-lanes";

// Docker, in a checkout of mesh-lanes: its tools make the cluster.
const cluster = new KindCluster("cluster", {
  clusterName: "shop",
  gatewayPorts: [80, 443],
  kubernetesVersion: "1.35.4",
});
new IstioMesh("mesh", { version: "1.31.0" }, onCluster(cluster));

export const kubeconfig = cluster.kubeconfig;
