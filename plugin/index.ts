import { componentProviderHost } from "@pulumi/pulumi/provider/experimental";
import { Lanes } from "./lanes";

// The engine starts this folder as a plugin: `pulumi package add <path of this folder>`.
void componentProviderHost({ name: "mesh-lanes", components: [Lanes], dirname: __dirname });
