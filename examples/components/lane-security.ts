import * as pulumi from "@pulumi/pulumi";
import { type AllowedCall, ExistingCluster, LaneSecurity, onCluster, securityBarrier } from "mesh-lanes";

const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const cluster = new ExistingCluster("cluster", { kubeconfig });
const namespace = "shop";
const gateway = { namespace: "istio-system", account: "istio-public", labels: { istio: "public" } };
const web = { namespace, account: "web", labels: { app: "web" } };
const calls: AllowedCall[] = [
  { from: gateway, to: { namespace, service: "web", labels: { app: "web" }, port: 8080 } },
  { from: web, to: { namespace, service: "cart", labels: { app: "cart" }, port: 8080 } },
];
const barrier = securityBarrier({ processes: cluster.processes, kubeconfig: cluster.kubeconfig });
new LaneSecurity("security", { namespaces: [namespace], calls, gateway, barrier }, onCluster(cluster));
