import { Document, isCollection, isMap, isNode, isScalar } from "yaml";
import { configNamespace } from "../../config/stack";

/** What `lanes init` is told of a stack. */
export interface FirstStack {
  readonly stack: string;
  readonly cluster: { readonly kind: string; readonly kubeconfig?: string; readonly context?: string };
  readonly group: string;
  readonly namespace: string;
  readonly mode: "strict" | "permissive";
  /** In calling order; the first is where requests come in. */
  readonly services: readonly string[];
  readonly port: number;
  /** The first is the baseline. Each is a lane. */
  readonly versions: readonly string[];
  readonly host: string;
  /** Request header whose value names a lane. */
  readonly header: string;
  /** Whether the demo app runs as these services; else whoever owns them deploys them. */
  readonly demo: boolean;
}

type Path = readonly (string | number)[];

/**
 * A first Pulumi.<stack>.yaml, with a comment wherever somebody will want to change something.
 *
 * @param schema the line by which editors find its schema.
 */
export function stackFile(first: FirstStack, schema: string): string {
  const key = (name: string) => `${configNamespace}:${name}`;
  const config = {
    [key("cluster")]: first.cluster,
    [key("mesh")]: { kind: "istio" },
    [key("gateway")]: {
      name: "ingressgateway",
      namespace: "istio-system",
      ports: [{ name: "http", port: 80, protocol: "HTTP", hosts: [first.host] }],
    },
    ...(first.demo && { [key("workloads")]: workloads(first) }),
    [key("laneGroups")]: [laneGroup(first)],
  };
  const document = new Document({ config }, { aliasDuplicateObjects: false });
  document.commentBefore = `${schema}\n Stack ${first.stack}, begun by \`lanes init\`. \`lanes matrix --stack ${first.stack}\` shows its lanes, \`lanes diff\` what a change does.\n For services that run already \`lanes import\` proposes the lane group, from their manifests or from the cluster (docs/import.md).`;
  for (const [path, text] of comments(first, key)) {
    const parent = document.getIn(["config", ...path.slice(0, -1)], true);
    const pair = isMap(parent)
      ? parent.items.find(({ key: name }) => isScalar(name) && name.value === path.at(-1))
      : undefined;
    if (isNode(pair?.key)) pair.key.commentBefore = ` ${text}`;
  }
  for (const path of flowLists(first, key)) {
    const node = document.getIn(["config", ...path], true);
    if (isCollection(node)) node.flow = true;
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function workloads({ services, namespace, port, versions, mode }: FirstStack) {
  return services.map((name, index) => {
    const next = services[index + 1];
    return {
      ...{ name, namespace, app: "mock", port, versions },
      ...(next !== undefined && { calls: `http://${next}:${port}/mock` }),
      ...(mode === "permissive" && { env: { FORWARD_HEADERS: "baggage" } }),
    };
  });
}

function laneGroup({ group, namespace, mode, services, port, versions, host, header }: FirstStack) {
  const [baseline] = versions;
  return {
    name: group,
    namespace,
    mode,
    services: services.map((name) => ({ name, port, versions })),
    entry: { service: services[0], gateway: "istio-system/ingressgateway", hosts: [host], header },
    baseline,
    ...(mode === "permissive" && { routeHeader: "x-lane" }),
    lanes: versions.map((name) => ({ name })),
  };
}

/** Comments by the key that they stand before. */
function comments({ mode, demo }: FirstStack, key: (name: string) => string): (readonly [Path, string])[] {
  const group = [key("laneGroups"), 0];
  return [
    [[key("cluster")], "What it runs on: auto, embedded, kind, existing or ack (docs/alibaba.md)."],
    [[key("mesh")], "Upstream Istio, or asm."],
    [[key("gateway")], "Where requests from outside come in. For HTTPS: a port with a credentialName, and tls."],
    ...(demo
      ? ([
          [[key("workloads")], "The demo app as each service. With image in place of app it is one of yours."],
        ] as const)
      : []),
    [
      [key("laneGroups")],
      demo
        ? "A call chain and its lanes."
        : "A call chain and its lanes. Its services and versions are there already, deployed by others: `lanes import` knows them.",
    ],
    [
      [...group, "mode"],
      mode === "strict"
        ? "strict: each lane has every service."
        : "permissive: a lane has what it changes, and the baseline answers for the rest. Apps forward the header baggage.",
    ],
    [[...group, "services"], "In calling order. Each version is a value of the pod label `version` (versionLabel)."],
    [[...group, "entry"], "Requests with the header enter the lane of that name; all others take the baseline."],
    [[...group, "lanes"], "For a share of all requests: weight on every lane. For users of a kind: match."],
  ];
}

/** What is easier to read in one line. */
function flowLists({ services, versions, demo }: FirstStack, key: (name: string) => string): Path[] {
  const group = [key("laneGroups"), 0];
  return [
    [key("gateway"), "ports", 0],
    ...services.flatMap((_name, index) => [
      [...group, "services", index],
      ...(demo
        ? [
            [key("workloads"), index, "versions"],
            [key("workloads"), index, "env"],
          ]
        : []),
    ]),
    [...group, "entry", "hosts"],
    ...versions.map((_name, index) => [...group, "lanes", index]),
  ];
}
