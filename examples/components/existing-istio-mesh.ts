import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, ExistingIstioMesh, laneNamespace, onCluster } from "mesh-lanes";

const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const cluster = new ExistingCluster("cluster", { kubeconfig });
// The control plane `istiod-1-30`, which somebody else has installed.
const mesh = new ExistingIstioMesh("mesh", { revision: "1-30" }, onCluster(cluster));
laneNamespace("shop", "shop", mesh.injectionLabel, { provider: cluster.provider, dependsOn: [mesh] });
