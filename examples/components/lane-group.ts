import { Provider } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { LaneGroup, parseLaneGroup } from "mesh-lanes";

// pulumi config set --secret kubeconfig < FILE
const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const provider = new Provider("cluster", { kubeconfig, enableServerSideApply: true });
const group = parseLaneGroup({
  name: "shop",
  mode: "permissive",
  namespace: "shop",
  baseline: "v1",
  routeHeader: "version",
  services: [
    { name: "mocka", port: 8000, versions: ["v1", "v2"] },
    { name: "mockb", port: 8000, versions: ["v1"] },
    { name: "mockc", port: 8000, versions: ["v1", "v2"] },
  ],
  entry: { service: "mocka", gateway: "istio-system/ingressgateway", hosts: ["shop.example.com"] },
  lanes: [
    { name: "v1", weight: 90 },
    { name: "v2", weight: 10 },
    { name: "beta", version: "v2", match: { headers: { "x-beta": { exact: "yes" } } } },
  ],
});
const gateway = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
const shop = new LaneGroup("shop", { group, gateway, kubeconfig }, { provider });

export const lanes = shop.lanes;
