import { contentHash, type IstioObject, inNamespace, objectMetadata, type RoutingApi, serviceHost } from "../object";
import { laneVersions } from "../plan";
import { trafficPolicy } from "../policy/istio";
import type { LaneGroup, LaneService } from "../spec";
import { subsetName } from "../subset";
import { versionLabels } from "../version-labels";

/**
 * The DestinationRules of each service, which Istio merges: one with a subset for each version that a lane has, and one
 * without any.
 *
 * Other versions are another object: it comes before the routes that need it, and Pulumi deletes the one of before after every
 * route has been changed. The subsets that both have are the same. The one without subsets stays and is the oldest: Istio
 * writes the oldest one's name into every cluster of the host, and a proxy replaces a cluster that differs in it
 * (`mergeDestinationRule` and `AddConfigInfoMetadata` of istio/istio).
 */
export function renderSubsets(group: LaneGroup, apiVersion: RoutingApi = "networking.istio.io/v1"): IstioObject[] {
  return group.services.flatMap((service): IstioObject[] => {
    const versions = laneVersions(group, service);
    if (versions.length === 0) return [];
    const rule = (parts: readonly string[], spec: object): IstioObject => ({
      ...({ stage: "subsets", apiVersion, kind: "DestinationRule" } as const),
      metadata: objectMetadata(inNamespace(group, service.namespace), [service.name, ...parts]),
      spec: { host: serviceHost(service, group), ...spec },
    });
    const subsets = versions.map((version) => subset(group, service, version));
    return [rule([], {}), rule([contentHash(versions)], { subsets })];
  });
}

function subset(group: LaneGroup, service: LaneService, version: string): object {
  const h2UpgradePolicy = service.http2 && (service.http2 === "upgrade" ? "UPGRADE" : "DO_NOT_UPGRADE");
  const policy = trafficPolicy(service.traffic, h2UpgradePolicy);
  return {
    name: subsetName(version),
    labels: versionLabels(group, service, version),
    ...(policy && { trafficPolicy: policy }),
  };
}
