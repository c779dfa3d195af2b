import * as alicloud from "@pulumi/alicloud";
import * as pulumi from "@pulumi/pulumi";
import { AsmIngressGateway, ExistingAsmMesh, ExistingCluster } from "mesh-lanes";
import { GatewayLoadBalancer } from "mesh-lanes/alibaba";

const account = new alicloud.Provider("account", { region: "cn-hangzhou" });
const loadBalancer = new GatewayLoadBalancer("address", { loadBalancerName: "shop-gateway" }, { provider: account });
const config = new pulumi.Config();
const cluster = new ExistingCluster("cluster", { kubeconfig: config.requireSecret("kubeconfig") });
const mesh = new ExistingAsmMesh("mesh", { kubeconfig: config.requireSecret("meshKubeconfig") });
const ports = [{ name: "http", port: 80, protocol: "HTTP" as const, hosts: ["shop.example.com"] }];
const args = { gatewayName: "public", ports, clusterIds: ["c0123456789abcdef"], cluster, loadBalancer };
new AsmIngressGateway("gateway", args, { provider: mesh.provider });

export const address = loadBalancer.address;
