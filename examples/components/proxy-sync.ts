import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, istioNamespace, ProxySync } from "mesh-lanes";

const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const cluster = new ExistingCluster("cluster", { kubeconfig });
// A route of one's own, labelled so that the control plane is asked for it.
const metadata = { name: "status", namespace: "shop", labels: { "mesh-lanes/group": "status" } };
const spec = { hosts: ["status"], http: [{ route: [{ destination: { host: "status" } }] }] };
const route = new CustomResource(
  "status",
  { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata, spec },
  { provider: cluster.provider },
);
// What depends on it is made when every proxy has the route.
new ProxySync(
  "status-acknowledged",
  { name: "status", group: "status", namespace: istioNamespace, fingerprint: JSON.stringify(spec), kubeconfig },
  { provider: cluster.processes, dependsOn: [route] },
);
