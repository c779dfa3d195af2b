import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, onCluster, selectContext, Workload } from "mesh-lanes";

// pulumi config set --secret kubeconfig < ~/.kube/config; pulumi config set context staging
const config = new pulumi.Config();
const file = { file: "~/.kube/config", folder: "/home/me/.kube", context: config.require("context") };
const kubeconfig = config.requireSecret("kubeconfig").apply((text) => selectContext({ ...file, text }));

const cluster = new ExistingCluster("cluster", { kubeconfig });
const versions = { v1: { image: "registry.example.com/web:1.4.2" } };
new Workload("web", { serviceName: "web", namespace: "shop", port: 80, versions }, onCluster(cluster));

export const identity = cluster.identity;
