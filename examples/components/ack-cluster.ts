import { IstioMesh, onCluster } from "mesh-lanes";
import { AckCluster } from "mesh-lanes/alibaba";

// ALICLOUD_ACCESS_KEY and ALICLOUD_SECRET_KEY name the account.
const cluster = new AckCluster("cluster", {
  region: "cn-hangzhou",
  clusterName: "shop",
  create: { zones: ["cn-hangzhou-j", "cn-hangzhou-k"], nodeTypes: ["ecs.g7.xlarge"], encryptSecrets: false },
});
new IstioMesh("mesh", { version: "1.31.0" }, onCluster(cluster));

export const clusterId = cluster.identity;
