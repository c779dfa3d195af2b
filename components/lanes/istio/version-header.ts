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
 *
 * @param isTold the services that need it. @default all: on ASM, whose pods have no filter of ours
 */
export function renderVersionHeader(
  group: LaneGroup,
  isTold: (service: LaneService) => boolean = () => true,
): IstioObject[] {
  if (!group.responseHeaders) return [];
  return entryServices(group)
    .filter(isTold)
    .flatMap((service) => service.versions.map((version) => answerHeader(group, service, version)));
}

/**
 * Whether the filter of Istio's sidecars, which answers with the value of one label, cannot tell the versions of a service: their
 * names are no label's value.
 */
export function needsVersionHeader({ versionLabels: labels }: LaneService): boolean {
  return labels !== undefined;
}

/** Whether an object is one of {@link renderVersionHeader}. */
export function isVersionHeader({ name }: Pick<LaneGroup, "name">, { kind, metadata }: IstioObject): boolean {
  return kind === "EnvoyFilter" && metadata.name.startsWith(`${name}.${answerPart}.`);
}

const answerPart = "answer";

function answerHeader(group: LaneGroup, service: LaneService, version: string): IstioObject {
  return {
    stage: "filters",
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: objectMetadata(inNamespace(group, service.namespace), [answerPart, service.name, versionPart(version)]),
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
