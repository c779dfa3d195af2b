import { createHash } from "node:crypto";
import { entryServices } from "../entries/parts";
import { type IstioObject, inNamespace, objectMetadata, servicePodLabels } from "../object";
import { versionHeader } from "../rules";
import type { LaneGroup, LaneService } from "../spec";
import { isDnsLabel } from "../syntax";
import { versionLabels } from "../version-labels";

/**
 * The version that answered, told by the sidecar of the pod itself: a route of the gateway cannot know which version the
 * runtime fallback took. One object per version of each service behind the gateway, so that a new version touches no other's listeners.
 * Inbound routes are part of a listener, so turning answers' headers on or off drains those of the entry service's pods.
 */
export function renderVersionHeader(group: LaneGroup): IstioObject[] {
  if (!group.responseHeaders) return [];
  return entryServices(group).flatMap((service) =>
    service.versions.map((version) => answerHeader(group, service, version)),
  );
}

function answerHeader(group: LaneGroup, service: LaneService, version: string): IstioObject {
  return {
    stage: "filters",
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: objectMetadata(inNamespace(group, service.namespace), ["answer", service.name, versionPart(version)]),
    spec: {
      workloadSelector: { labels: { ...servicePodLabels(service), ...versionLabels(group, service, version) } },
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
  };
}

/** A version as part of an object's name, which cannot hold all that a label can. */
function versionPart(version: string): string {
  if (isDnsLabel(version)) return version;
  return createHash("sha256").update(version).digest("hex").slice(0, 16);
}
