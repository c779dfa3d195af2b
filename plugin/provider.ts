import * as pulumi from "@pulumi/pulumi";
import { PackageProvider } from "./package-provider";

// Started by `pulumi-resource-mesh-lanes`, as one file with all that it needs: see build.js.
void pulumi.provider.main(new PackageProvider(), process.argv.slice(2));
