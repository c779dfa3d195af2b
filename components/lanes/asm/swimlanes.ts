import { gatewayMatch } from "../istio/routes";
import {
  type AsmObject,
  type IstioObject,
  objectLabels,
  objectMetadata,
  type RenderedObject,
  serviceHost,
} from "../object";
import { ownVersion } from "../plan";
import type { EntryRule } from "../rule-shape";
import type { Lane, LaneGroup, LaneService } from "../spec";
import { type SwimlaneEntry, swimlaneEntry } from "./entry";
import { patchedPassThrough, servicePatches } from "./patches";

/**
 * A group as ASMSwimLaneGroup and ASMSwimLane, from which ASM makes subsets and routes. Only what is in "ASMSwimLaneGroup and
 * ASMSwimLane field reference" is written, besides patches where a group asks for them. The group comes first, and goes last, since its lanes name it.
 */
export function renderSwimlanes(group: LaneGroup): RenderedObject[] {
  const entry = swimlaneEntry(group);
  return [
    swimlaneGroup(group, entry),
    ...group.lanes.map((lane) => swimlane(group, lane, entry)),
    ...(entry.kind === "pass-through" ? [passThrough(group, entry.service)] : []),
  ];
}

function swimlaneGroup(group: LaneGroup, entry: SwimlaneEntry): AsmObject {
  const [namespace = "", name = ""] = group.entry.gateway.split("/");
  return {
    stage: "subsets",
    apiVersion: "istio.alibabacloud.com/v1",
    kind: "ASMSwimLaneGroup",
    metadata: { name: group.name, labels: objectLabels(group.name) },
    spec: {
      services: group.services.map((service) => ({ ...serviceRef(service), ...servicePatches(group, service) })),
      ingress: {
        gateway: { name, namespace, type: "ASM" },
        ...(entry.kind === "weights" && {
          ingressRouting: {
            ingressRoutingStrategy: "weighted",
            weightedRoutingRule: { hosts: [...group.entry.hosts], requestMatches: [requestMatch(entry.rule)] },
          },
        }),
      },
      ...(group.mode === "permissive" && {
        isPermissive: true,
        permissiveModeConfiguration: {
          fallbackTarget: group.baseline,
          traceHeader: group.traceHeader,
          routeHeader: group.routeHeader,
        },
      }),
    },
  };
}

function swimlane(group: LaneGroup, lane: Lane, entry: SwimlaneEntry): AsmObject {
  const own = group.services.filter((service) => ownVersion(lane, service) !== undefined);
  return {
    stage: "service-routes",
    apiVersion: "istio.alibabacloud.com/v1",
    kind: "ASMSwimLane",
    metadata: { name: lane.name, labels: { ...objectLabels(group.name, lane.name), "swimlane-group": group.name } },
    spec: {
      labelSelector: { [group.versionLabel]: lane.version },
      // Strict lanes have every service of the group, and the reference's example names none.
      ...(group.mode === "permissive" && { services: own.map(serviceRef) }),
      ...laneEntry(group, lane, entry),
    },
  };
}

function laneEntry(group: LaneGroup, lane: Lane, entry: SwimlaneEntry): object {
  const destination = ({ service }: EntryRule) => ({ host: serviceHost(service, group) });
  switch (entry.kind) {
    case "rules": {
      const rules = entry.rules.filter((rule) => rule.lane === lane.name);
      if (rules.length === 0) return {};
      return {
        ingressRules: rules.map((rule) => ({
          name: rule.kind === "unmatched" ? "unmatched" : "match",
          online: true,
          hosts: [...group.entry.hosts],
          match: requestMatch(rule),
          route: { destination: destination(rule) },
        })),
      };
    }
    case "weights":
      return lane.weight === undefined
        ? {}
        : { ingressWeight: { destination: destination(entry.rule), weight: lane.weight } };
    case "pass-through":
      return {};
    default:
      return entry satisfies never;
  }
}

/** `{ uri, headers }`, the only conditions of a lane's rule. Without any, every path. */
function requestMatch(rule: EntryRule): object {
  const match = gatewayMatch(rule);
  return Object.keys(match).length > 0 ? match : { uri: { prefix: "/" } };
}

/** The gateway's route for clients that name their lane in the route header themselves: no lane is chosen there. */
function passThrough(group: LaneGroup, service: LaneService): IstioObject {
  const { path } = group.entry;
  return {
    stage: "entry-routes",
    apiVersion: "networking.istio.io/v1beta1",
    kind: "VirtualService",
    metadata: objectMetadata(group, []),
    spec: {
      hosts: [...group.entry.hosts],
      gateways: [group.entry.gateway],
      http: [
        patchedPassThrough(group, service, {
          ...(path && { match: [{ uri: { [path.kind]: path.value } }] }),
          route: [{ destination: { host: serviceHost(service, group), port: { number: service.port } } }],
        }),
      ],
    },
  };
}

function serviceRef({ name, namespace }: LaneService): object {
  return { name, namespace };
}
