import * as alicloud from "@pulumi/alicloud";
import * as pulumi from "@pulumi/pulumi";
import { AsmIngressGateway, ExistingAsmMesh } from "mesh-lanes";
import { GatewayLoadBalancer } from "mesh-lanes/alibaba";

const account = new alicloud.Provider("account", { region: "cn-hangzhou" });
const loadBalancer = new GatewayLoadBalancer("address", { loadBalancerName: "shop-gateway" }, { provider: account });
const mesh = new ExistingAsmMesh("mesh", { kubeconfig: new pulumi.Config().requireSecret("meshKubeconfig") });
const ports = [{ name: "http", port: 80, protocol: "HTTP" as const, hosts: ["shop.example.com"] }];
const args = { gatewayName: "public", ports, clusterIds: ["c0123456789abcdef"], loadBalancer };
new AsmIngressGateway("gateway", args, { provider: mesh.provider });

export const address = loadBalancer.address;
