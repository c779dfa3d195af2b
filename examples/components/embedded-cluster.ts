import { EmbeddedCluster, IstioMesh, onCluster } from "mesh-lanes";

// Linux and root, in a checkout of mesh-lanes: its tools make the node.
const cluster = new EmbeddedCluster("cluster", { clusterName: "shop" });
new IstioMesh("mesh", { version: "1.31.0", stockEnvoy: cluster.stockEnvoy }, onCluster(cluster));

export const kubeconfig = cluster.kubeconfig;
