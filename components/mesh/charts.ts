import { join } from "node:path";
import type { Input } from "@pulumi/pulumi";

/** Istio's charts that this project installs, by the name they have in Istio's own chart repository. */
export type IstioChart = "base" | "istiod" | "gateway";

/** Which charts to install. */
export interface ChartsArgs {
  /** Version of Istio, e.g. `1.31.0`; also the tag of its images. */
  readonly version: Input<string>;
  /**
   * A folder with the charts, in place of Istio's repository: `<charts>/base`, `<charts>/istio-discovery` and
   * `<charts>/gateway`, as in Istio's sources.
   * @default Istio's repository
   */
  readonly charts?: string;
}

/** The arguments of a Helm release that say where its chart comes from. */
export interface ChartSource {
  readonly chart: string;
  readonly version?: Input<string>;
  readonly repositoryOpts?: { readonly repo: string };
}

/** https://istio.io/latest/docs/setup/install/helm/ */
const istioRepository = "https://istio-release.storage.googleapis.com/charts";

const folderNames: Record<IstioChart, string> = { base: "base", istiod: "istio-discovery", gateway: "gateway" };

/** A chart of the repository in the exact version, or the one of the folder, whatever version it calls itself. */
export function chartSource(chart: IstioChart, args: ChartsArgs): ChartSource {
  if (args.charts !== undefined) return { chart: join(args.charts, folderNames[chart]) };
  return { chart, version: args.version, repositoryOpts: { repo: istioRepository } };
}
