import * as pulumi from "@pulumi/pulumi";
import {
  ExistingCluster,
  Instrumentation,
  instrumentationSpec,
  OpenTelemetryOperator,
  onCluster,
  Workload,
} from "mesh-lanes";

const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const cluster = new ExistingCluster("cluster", { kubeconfig });
const operator = new OpenTelemetryOperator("operator", {}, onCluster(cluster));
// Baggage is carried on without code in the apps; nothing is traced.
const spec = instrumentationSpec({ kind: "none" }, ["baggage", "tracecontext"]);
const instrumentation = new Instrumentation(
  "otel",
  { instrumentationName: "lanes", namespaces: ["shop"], spec },
  { ...onCluster(cluster), dependsOn: [operator] },
);
const { annotations, dependsOn } = instrumentation.inject("shop", "nodejs", "app");
const versions = { v1: { image: "registry.example.com/web:1.4.2" } };
const web = { serviceName: "web", namespace: "shop", port: 80, versions, podAnnotations: annotations };
new Workload("web", web, { ...onCluster(cluster), dependsOn: [...dependsOn] });
