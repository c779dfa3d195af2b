import { createHash } from "node:crypto";
import { type IstioObject, objectMetadata, servicePodLabels } from "../object";
import { laneHeader, versionHeader } from "../rules";
import type { LaneGroup } from "../spec";
import { isDnsLabel } from "../syntax";
import { entryService } from "./routes";

/**
 * Spec of an EnvoyFilter that takes the lane header off every request of a client, before it is routed. The routes of lane
 * groups write their own; on any other request, one that is refused too, the gateway's access log must tell no lane.
 */
export function removeClientLane(gatewayLabels: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  return {
    workloadSelector: { labels: { ...gatewayLabels } },
    configPatches: [
      {
        applyTo: "HTTP_FILTER",
        match: {
          context: "GATEWAY",
          listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } },
        },
        patch: {
          operation: "INSERT_FIRST",
          value: {
            name: "mesh-lanes.client-lane",
            typed_config: {
              "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
              mutations: { request_mutations: [{ remove: laneHeader }] },
            },
          },
        },
      },
    ],
  };
}

/**
 * The version that answered, told by the sidecar of the pod itself: a route of the gateway cannot know which version the
 * runtime fallback took. One object per version of the entry service, so that a new version touches no other's listeners.
 */
export function renderVersionHeader(group: LaneGroup): IstioObject[] {
  if (!group.responseHeaders) return [];
  const service = entryService(group);
  return service.versions.map((version) => ({
    stage: "filters",
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: objectMetadata(group, ["answer", service.name, versionPart(version)]),
    spec: {
      workloadSelector: { labels: { ...servicePodLabels(service), [group.versionLabel]: version } },
      configPatches: [
        {
          applyTo: "ROUTE_CONFIGURATION",
          match: { context: "SIDECAR_INBOUND" },
          patch: {
            operation: "MERGE",
            value: {
              response_headers_to_add: [
                { header: { key: versionHeader, value: version }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
              ],
            },
          },
        },
      ],
    },
  }));
}

/** A version as part of an object's name, which cannot hold all that a label can. */
function versionPart(version: string): string {
  if (isDnsLabel(version)) return version;
  return createHash("sha256").update(version).digest("hex").slice(0, 16);
}
