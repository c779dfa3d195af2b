import type { z } from "zod";
import { type KubeObject, refused, rootNamespace, wordsOf } from "./objects";
import { swimlaneEntry } from "./swimlane-entry";
import { groupLabel, groupSchema, laneSchema, type PatchedService, type ServiceRef } from "./swimlane-schemas";
import { type Lane, type Swimlanes, serviceHost, subsetOf } from "./swimlane-view";

/*
 * ASMSwimLaneGroup and ASMSwimLane become objects that ASM would make of them: subsets, routes, and what tells the sidecars a
 * request's lane. Those are still in ASM's words, so that the other rules hold for them as for objects of a user.
 */

/** Of all groups among the objects. Lanes without a group are refused. */
export function swimlaneObjects(objects: readonly KubeObject[]): KubeObject[] {
  const groups = objects.filter(({ kind }) => kind === "ASMSwimLaneGroup");
  const lanes = objects.filter(({ kind }) => kind === "ASMSwimLane");
  for (const lane of lanes) {
    const group = lane.metadata.labels?.[groupLabel];
    if (groups.some(({ metadata }) => metadata.name === group)) continue;
    const got = group === undefined ? "no such label" : `${group}, and no group of that name`;
    const path = `metadata.labels.${groupLabel}`;
    throw refused(lane, { path, got, expected: "an ASMSwimLaneGroup", fix: "Apply the group, or name it." });
  }
  const made = groups.flatMap((group) => {
    const own = lanes.filter(({ metadata }) => metadata.labels?.[groupLabel] === group.metadata.name);
    return objectsOf(viewOf(group, own));
  });
  // Strict groups share one TrafficLabel for the whole mesh (document 001).
  return [...new Map(made.map((object) => [`${wordsOf(object)} ${JSON.stringify(object.spec)}`, object])).values()];
}

function viewOf(group: KubeObject, objects: readonly KubeObject[]): Swimlanes {
  const spec = read(groupSchema, group);
  const lanes = objects.map((object): Lane => {
    const { services, ...lane } = read(laneSchema, object);
    return { object, name: object.metadata.name, ...lane, services: services ?? spec.services };
  });
  if (!spec.isPermissive) return { group, spec, lanes };
  const permissive = spec.permissiveModeConfiguration;
  if (permissive === undefined) {
    const expected = "it, where isPermissive is true";
    throw refused(group, { path: "spec.permissiveModeConfiguration", got: "none", expected, fix: "Write it." });
  }
  return { group, spec, lanes, permissive };
}

function read<Schema extends z.ZodType>(schema: Schema, object: KubeObject): z.infer<Schema> {
  const parsed = schema.safeParse(object.spec);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = ["spec", ...(issue?.path ?? [])].join(".");
  const expected = "fields that the documents describe and this controller follows";
  throw refused(object, { path, got: issue?.message ?? "", expected, fix: "Leave it out, or write its rule first." });
}

function objectsOf(view: Swimlanes): KubeObject[] {
  return [
    ...view.spec.services.map((service) => subsets(view, service)),
    ...propagation(view),
    ...view.spec.services.map((service) => serviceRoutes(view, service)),
    ...swimlaneEntry(view),
  ];
}

/**
 * Document 001: one DestinationRule for each service, in the root namespace, with a subset named after each lane that has it. A patch
 * is laid over the rule, and so holds in every subset: none has a policy of its own.
 */
function subsets(view: Swimlanes, service: PatchedService): KubeObject {
  return {
    apiVersion: "networking.istio.io/v1beta1",
    kind: "DestinationRule",
    metadata: objectMetadata(view, `trafficlabel-dr-${view.group.metadata.name}-${service.namespace}-${service.name}`),
    spec: {
      host: serviceHost(service),
      ...(service.trafficPolicyPatch && { trafficPolicy: service.trafficPolicyPatch }),
      subsets: lanesWith(view, service).map(({ name, labelSelector }) => ({ name, labels: labelSelector })),
    },
  };
}

function propagation({ group, spec, lanes, permissive }: Swimlanes): KubeObject[] {
  if (!permissive) {
    const label = onlyLabel(group, lanes);
    return [
      {
        apiVersion: "istio.alibabacloud.com/v1",
        kind: "TrafficLabel",
        metadata: { name: "asm-trafficlabel-global", namespace: rootNamespace },
        spec: { rules: [{ labels: [{ name: callerHeader, valueFrom: [`$getLabel(${label})`] }] }] },
      },
    ];
  }
  const { traceHeader, routeHeader } = permissive;
  // The third case of the Go types: the apps forward the route header themselves.
  if (traceHeader === routeHeader) return [];
  if (traceHeader !== "baggage") {
    const path = "spec.permissiveModeConfiguration.traceHeader";
    const expected = "baggage, or the route header";
    throw refused(group, { path, got: traceHeader, expected, fix: "S1 to S5 need no trace id: no rule here for one." });
  }
  return [...new Set(spec.services.map(({ namespace }) => namespace))].map((namespace) => ({
    apiVersion: "istio.alibabacloud.com/v1beta1",
    kind: "ASMHeaderPropagation",
    metadata: { name: `swimlane-${group.metadata.name}`, namespace },
    spec: { headers: [routeHeader] },
  }));
}

/** Document 001: the header that tells the caller's tag. */
const callerHeader = "asm-label";

/** One label tells the lanes apart, and document 001 has one TrafficLabel for the mesh. */
function onlyLabel(group: KubeObject, lanes: readonly Lane[]): string {
  const labels = [...new Set(lanes.flatMap(({ labelSelector }) => Object.keys(labelSelector)))];
  const [label] = labels;
  if (label !== undefined && labels.length === 1) return label;
  const got = labels.length === 0 ? "no lane" : `the labels ${labels.join(", ")}`;
  const expected = "lanes that differ by the value of one label";
  throw refused(group, { path: "lanes", got, expected, fix: "Use one label in all lanes." });
}

/**
 * Calls between services. Strict: the caller's tag decides, and a caller without one has no route, since no document names one.
 * Permissive: the route header names the lane; without one, with a name that is no lane's, and where the lane lacks the service,
 * the baseline answers (documents 000 and 003, "Use traffic lanes in permissive mode"). A patch is laid over each route.
 */
function serviceRoutes(view: Swimlanes, service: PatchedService): KubeObject {
  const host = serviceHost(service);
  const { permissive } = view;
  const lanes = lanesWith(view, service);
  const http = permissive
    ? [
        ...lanes
          .filter(({ name }) => name !== subsetOf(view, service))
          .map((lane) => ({
            match: [{ headers: { [permissive.routeHeader]: { exact: lane.name } } }],
            route: [
              {
                destination: { host, subset: lane.name },
                fallback: { target: { host, subset: subsetOf(view, service) } },
              },
            ],
          })),
        { route: [{ destination: { host, subset: subsetOf(view, service) } }] },
      ]
    : lanes.map(({ name, labelSelector }) => ({
        match: [{ headers: { [callerHeader]: { exact: Object.values(labelSelector)[0] ?? "" } } }],
        route: [{ destination: { host, subset: name } }],
      }));
  return {
    apiVersion: "networking.istio.io/v1beta1",
    kind: "VirtualService",
    metadata: objectMetadata(view, `trafficlabel-vs-${view.group.metadata.name}-${service.namespace}-${service.name}`),
    spec: {
      ...{ hosts: [host], gateways: ["mesh"] },
      http: http.map((route) => ({ ...route, ...service.httpRoutePatch })),
    },
  };
}

function lanesWith({ lanes }: Swimlanes, { name, namespace }: ServiceRef): Lane[] {
  return lanes.filter(({ services }) => services.some((own) => own.name === name && own.namespace === namespace));
}

function objectMetadata({ group }: Swimlanes, name: string): KubeObject["metadata"] {
  return { name, namespace: rootNamespace, labels: { [groupLabel]: group.metadata.name } };
}
