import { fallbackFilters, type ServicePorts, upstreamRoutes } from "./fallback";
import { headerPropagationFilter, propagatedHeaders } from "./header-propagation";
import { type KubeObject, refused, rootNamespace, wordsOf } from "./objects";
import { swimlaneObjects } from "./swimlanes";
import { trafficLabelFilter, trafficLabelHeaders } from "./traffic-label";

/** Kinds of ASM's API server that this controller reads. Gateways and namespaces are those of the node's own stack. */
export const readKinds = [
  ...["asmswimlanegroups.istio.alibabacloud.com", "asmswimlanes.istio.alibabacloud.com"],
  ...["trafficlabels.istio.alibabacloud.com", "asmheaderpropagations.istio.alibabacloud.com"],
  ...["destinationrules.networking.istio.io", "virtualservices.networking.istio.io"],
  ...["envoyfilters.networking.istio.io", "sidecars.networking.istio.io"],
] as const;

/** Kinds of Istio that it writes. */
export const writtenKinds = ["destinationrules", "envoyfilters", "sidecars", "virtualservices"].map(
  (plural) => `${plural}.networking.istio.io`,
);

/**
 * ASM's objects as what upstream istiod knows, in the order in which they are applied: routes last.
 *
 * @param ports of the Services in the cluster.
 * @throws UserError where the documents leave open what ASM would do, or no rule here follows them.
 */
export function translate(objects: readonly KubeObject[], ports: ServicePorts): KubeObject[] {
  const asked = [...objects.filter(({ kind }) => !swimlaneKinds.has(kind)), ...swimlaneObjects(objects)];
  checkAlone(asked, "TrafficLabel", trafficLabelHeaders);
  checkAlone(asked, "ASMHeaderPropagation", (object) => new Map(propagatedHeaders(object).map((name) => [name, ""])));
  const routes = asked.filter(isRoutes).map((object) => upstreamRoutes(object, ports));
  return [
    ...asked.flatMap(besideRoutes),
    ...fallbackFilters(routes.flatMap(({ clusters }) => clusters)),
    ...routes.map(({ object }) => object),
  ];
}

const swimlaneKinds = new Set(["ASMSwimLaneGroup", "ASMSwimLane"]);

function isRoutes({ kind }: KubeObject): boolean {
  return kind === "VirtualService";
}

function besideRoutes(object: KubeObject): KubeObject[] {
  switch (object.kind) {
    case "VirtualService":
      return [];
    case "DestinationRule":
    case "EnvoyFilter":
    case "Sidecar":
      return [object];
    case "TrafficLabel":
      return [trafficLabelFilter(object)];
    case "ASMHeaderPropagation":
      return [headerPropagationFilter(object)];
    default:
      throw refused(object, { path: "kind", got: object.kind, expected: "a kind with a rule", fix: "Write its rule." });
  }
}

/**
 * Whether two of a kind that hold for the same pods stand beside each other is in no document, unless both say the same. Selectors
 * are not compared: two objects of one namespace count as for the same pods.
 */
function checkAlone(
  objects: readonly KubeObject[],
  kind: string,
  saidBy: (object: KubeObject) => ReadonlyMap<string, string>,
): void {
  const own = objects.filter((object) => object.kind === kind);
  const said = (object: KubeObject) => JSON.stringify([...saidBy(object)]);
  own.forEach((object, index) => {
    const other = own
      .slice(0, index)
      .find((earlier) => shareNamespace(earlier, object) && said(earlier) !== said(object));
    if (!other) return;
    const got = `${wordsOf(other)} holds for the same pods, and says something else`;
    throw refused(object, {
      path: "spec",
      got,
      expected: `one ${kind} for a pod`,
      fix: "Put them into two namespaces.",
    });
  });
}

function shareNamespace({ metadata: a }: KubeObject, { metadata: b }: KubeObject): boolean {
  return a.namespace === b.namespace || [a.namespace, b.namespace].includes(rootNamespace);
}
