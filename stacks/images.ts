import type { StackConfig } from "../config/stack";
import type { AvailableImages, Cluster } from "../library";
import type { StackEnvironment } from "./environment";
import { operatorImageApps } from "./telemetry";

/** The images of apps that workloads run and that no image is named for, and those of an operator that was built here. */
export function createImages(cluster: Cluster, config: StackConfig, environment: StackEnvironment): AvailableImages {
  const operator = operatorImageApps(config, environment.operatorChart);
  const built = config.workloads.flatMap(({ app, image, versions, ofVersions }) =>
    image === undefined && versions.some((version) => ofVersions[version]?.image === undefined) ? (app ?? []) : [],
  );
  const apps = new Set([...built, ...operator]);
  if (apps.size === 0) return { refs: {}, dependsOn: [] };
  return cluster.images([...apps].map((app) => environment.appImage(app)));
}
