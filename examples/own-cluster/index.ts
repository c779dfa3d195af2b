import * as pulumi from "@pulumi/pulumi";
import { createLanes } from "./lanes";

const config = new pulumi.Config();
// pulumi config set --secret own-cluster:kubeconfig < kubeconfig; pulumi config set own-cluster:mesh istio
export const { lanes } = createLanes(config.requireSecret("kubeconfig"), config.require<"istio" | "asm">("mesh"));
