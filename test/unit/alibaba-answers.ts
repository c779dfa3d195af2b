import type { MockAnswers } from "./pulumi-mocks";

/** In every text that must never be plain: whoever finds it outside of a secret has found a leak. */
export const planted = "PLANTED-SECRET";

/** What ACK gives out: the address is the public one, whatever the cluster has. */
export const ackKubeconfig = `
apiVersion: v1
kind: Config
clusters: [{ name: kubernetes, cluster: { server: "https://203.0.113.9:6443", certificate-authority-data: Y2E= } }]
users: [{ name: user, user: { client-key-data: ${planted} } }]
contexts: [{ name: admin, context: { cluster: kubernetes, user: user } }]
current-context: admin
`;

export const meshKubeconfig = ackKubeconfig.replace("203.0.113.9", "10.0.0.8");

/** The full name of the version that the region offers. */
export const offeredAsmVersion = "v1.24.6.64-g0c0a6a39-aliyun";

/** Answers of Alibaba Cloud, as far as programs depend on them. */
export const alibabaAnswers: Required<Pick<MockAnswers, "outputs" | "call">> = {
  outputs: ({ type, inputs, id }) => {
    switch (type) {
      case "alicloud:cs/managedKubernetes:ManagedKubernetes": {
        const { vswitchIds = ["vsw-1", "vsw-2"] } = inputs;
        // One that exists is read by its id.
        const address = id ? "192.168.0.7" : "10.0.0.7";
        return { vpcId: "vpc-1", vswitchIds, connections: { apiServerIntranet: `https://${address}:6443` } };
      }
      case "alicloud:servicemesh/serviceMesh:ServiceMesh":
        return { kubeconfig: meshKubeconfig };
      case "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer":
        return { address: "203.0.113.7" };
      case "kubernetes:core/v1:Service":
        return { status: { loadBalancer: { ingress: [{ ip: "203.0.113.8" }] } } };
      default:
        return {};
    }
  },
  call: ({ token, inputs }) => {
    switch (token) {
      case "alicloud:cs/getClusterCredential:getClusterCredential":
        return { ...inputs, kubeConfig: ackKubeconfig };
      case "alicloud:servicemesh/getServiceMeshes:getServiceMeshes":
        return { meshes: [] };
      case "alicloud:servicemesh/getVersions:getVersions":
        return { versions: [{ version: "v1.22.6.20-gabc-aliyun" }, { version: offeredAsmVersion }] };
      default:
        throw new Error(`no answer to ${token}`);
    }
  },
};
