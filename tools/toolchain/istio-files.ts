import { join } from "node:path";
import { bootstrapFile, chartsFolder } from "./bundles";
import { copyWritable } from "./go-build";

/** The linker's variable that holds the version that istiod and the agent report. */
export const istioVersionVariable = "istio.io/istio/pkg/version.buildVersion";

/** Copies the charts and Envoy's bootstrap template out of Istio's Go module. */
export async function copyIstioFiles(module: string, to: string): Promise<void> {
  const charts = { base: "base", "istio-discovery": "istio-control/istio-discovery", gateway: "gateway" };
  for (const [name, path] of Object.entries(charts)) {
    await copyWritable(join(module, "manifests", "charts", path), join(to, chartsFolder, name));
  }
  await copyWritable(join(module, "tools", "packaging", "common", "envoy_bootstrap.json"), join(to, bootstrapFile));
}
