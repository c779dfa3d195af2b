import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, IstioMesh, laneNamespace, onCluster } from "mesh-lanes";

const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const cluster = new ExistingCluster("cluster", { kubeconfig });
const mesh = new IstioMesh("mesh", { version: "1.31.0" }, onCluster(cluster));
laneNamespace("shop", "shop", mesh.injectionLabel, { provider: cluster.provider, dependsOn: [mesh] });

export const revision = mesh.revision;
