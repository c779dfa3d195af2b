import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, OpenTelemetryOperator, onCluster } from "mesh-lanes";

const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const cluster = new ExistingCluster("cluster", { kubeconfig });
const args = { registry: "registry.example.com/mirror", preset: "ack" as const };
const operator = new OpenTelemetryOperator("operator", args, onCluster(cluster));

export const namespace = operator.namespace;
