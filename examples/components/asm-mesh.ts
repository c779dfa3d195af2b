import { AckCluster, AsmMesh } from "mesh-lanes/alibaba";

const cluster = new AckCluster("cluster", {
  region: "cn-hangzhou",
  clusterName: "shop",
  clusterId: "c0123456789abcdef",
});
const mesh = new AsmMesh(
  "mesh",
  {
    meshName: "shop",
    version: "1.24.6.64",
    clusterId: cluster.identity,
    clusterKubeconfig: cluster.kubeconfig,
    vpcId: cluster.vpcId,
    switchId: cluster.switchId,
    users: [{ id: "201234567890123456", role: "istio-readonly" }],
  },
  { providers: [cluster.alicloud, cluster.processes] },
);

export const meshKubeconfig = mesh.kubeconfig;
