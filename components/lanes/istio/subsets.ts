import { type IstioObject, objectMetadata, ofService, type RoutingApi, serviceHost } from "../object";
import { ownVersion } from "../plan";
import { trafficPolicy } from "../policy/istio";
import type { LaneGroup } from "../spec";

/**
 * One DestinationRule per lane and service it overrides, with one subset named after the lane. Istio merges subsets of one
 * host; a lane that goes takes whole objects with it, which Pulumi deletes after every route has been changed.
 */
export function renderSubsets(group: LaneGroup, apiVersion: RoutingApi = "networking.istio.io/v1"): IstioObject[] {
  return group.lanes.flatMap((lane) =>
    group.services.flatMap((service): IstioObject[] => {
      const version = ownVersion(lane, service);
      if (version === undefined) return [];
      const h2UpgradePolicy = service.http2 && (service.http2 === "upgrade" ? "UPGRADE" : "DO_NOT_UPGRADE");
      const policy = trafficPolicy(service.traffic, h2UpgradePolicy);
      return [
        {
          stage: "subsets",
          apiVersion,
          kind: "DestinationRule",
          metadata: objectMetadata(ofService(group, service), [lane.name, service.name], lane.name),
          spec: {
            host: serviceHost(service, group),
            subsets: [
              {
                name: lane.name,
                labels: { [group.versionLabel]: version },
                ...(policy && { trafficPolicy: policy }),
              },
            ],
          },
        },
      ];
    }),
  );
}
