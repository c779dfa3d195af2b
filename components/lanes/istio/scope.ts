import {
  type IstioObject,
  inNamespace,
  objectMetadata,
  type RoutingApi,
  serviceHost,
  servicePodLabels,
} from "../object";
import { calledServices } from "../plan";
import type { LaneGroup } from "../spec";

/** `~/*` is no service at all; Istio refuses an empty list. https://istio.io/latest/docs/reference/config/networking/sidecar/ */
const nothing = "~/*";

/**
 * One Sidecar per service of a scoped group: it knows the services it calls and the group's egress. It depends on services
 * and calls, never on lanes: a promotion must not touch what decides which listeners a proxy has.
 */
export function renderScope(group: LaneGroup, apiVersion: RoutingApi = "networking.istio.io/v1"): IstioObject[] {
  const { scope } = group;
  if (!scope) return [];
  return group.services.map((service) => {
    const called = calledServices(group, service.name).map(
      (callee) => `${callee.namespace}/${serviceHost(callee, group)}`,
    );
    const hosts = [...called, ...scope.egress];
    return {
      stage: "filters",
      apiVersion,
      kind: "Sidecar",
      metadata: objectMetadata(inNamespace(group, service.namespace), [service.name]),
      spec: {
        workloadSelector: { labels: servicePodLabels(service) },
        egress: [{ hosts: hosts.length > 0 ? hosts : [nothing] }],
      },
    };
  });
}
