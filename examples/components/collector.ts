import * as pulumi from "@pulumi/pulumi";
import { Collector, collectorEndpoint, ExistingCluster, OpenTelemetryOperator, onCluster } from "mesh-lanes";

const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const cluster = new ExistingCluster("cluster", { kubeconfig });
const operator = new OpenTelemetryOperator("operator", {}, onCluster(cluster));
const args = { collectorName: "lanes", namespace: operator.namespace, openFrom: ["shop"] };
new Collector("collector", args, { ...onCluster(cluster), dependsOn: [operator] });

export const endpoint = collectorEndpoint("lanes", operator.namespace);
