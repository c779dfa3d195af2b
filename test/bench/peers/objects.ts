import { asRecord, records } from "../../../tools/values";

/*
 * What each way of promoting has in the cluster: the same pods and the same entry, and the objects that its documents ask for.
 */

/** A Kubernetes object as it is applied. */
export type KubeObject = Readonly<Record<string, unknown>>;

/** The pods' template, as that of our own Deployment. */
export type Template = Readonly<Record<string, unknown>>;

/** Name of the one service, in each namespace. */
export const app = "web";
export const port = 8000;
export const replicas = 3;
const gateway = "istio-system/ingressgateway";

/** Percent of the requests that the new version gets, step by step. The last one is all. */
export const weights = [10, 50, 100] as const;
/** Between two of them, and how often Flagger looks. */
export const pauseSeconds = 6;

/** Host by which clients reach the service of a namespace. */
export const hostOf = (namespace: string): string => `${namespace}.example.com`;

/** The template of one of our own pods with another version, in a namespace where nobody has made an account for it. */
export function podTemplate(ours: Template, version: string): Template {
  const { metadata, spec } = ours;
  const { serviceAccountName: _, serviceAccount: __, containers, ...rest } = asRecord(spec);
  const { annotations } = asRecord(metadata);
  return {
    metadata: { labels: { app, version }, ...(annotations !== undefined && { annotations }) },
    spec: {
      ...rest,
      containers: records(containers).map((container) => ({
        ...container,
        env: records(container.env).map((each) => (each.name === "VERSION" ? { ...each, value: version } : each)),
      })),
    },
  };
}

const selector = { matchLabels: { app } };

function object(apiVersion: string, kind: string, name: string, spec: KubeObject): KubeObject {
  return { apiVersion, kind, metadata: { name }, spec };
}

export function service(name: string, labels: Readonly<Record<string, string>>): KubeObject {
  return object("v1", "Service", name, { selector: labels, ports: [{ name: "http", port, targetPort: port }] });
}

/** No pod goes before its successor is ready, as with our own Deployments. */
export function deployment(template: Template): KubeObject {
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
  return object("apps/v1", "Deployment", app, { replicas, selector, strategy, template });
}

export interface Destination {
  readonly host: string;
  readonly subset?: string;
}

/** The entry: everything to the first destination. */
export function virtualService(namespace: string, destinations: readonly Destination[]): KubeObject {
  const route = destinations.map((destination, index) => ({ destination, weight: index === 0 ? 100 : 0 }));
  return object("networking.istio.io/v1", "VirtualService", app, {
    hosts: [hostOf(namespace)],
    gateways: [gateway],
    http: [{ name: "primary", route }],
  });
}

/** How Argo Rollouts splits: by subsets of one service, or by two services whose roles it swaps. */
export type ArgoSplit = "canary" | "pingPong";

const stable = "stable";
const canary = "canary";

/** What stands around a Rollout and is not applied again with a new version. */
export function argoEntry(namespace: string, split: ArgoSplit): KubeObject[] {
  if (split === "pingPong") {
    const names = ["ping", "pong"];
    const destinations = names.map((host) => ({ host }));
    return [...names.map((name) => service(name, { app })), virtualService(namespace, destinations)];
  }
  const subsets = [stable, canary];
  return [
    service(app, { app }),
    object("networking.istio.io/v1", "DestinationRule", app, {
      host: app,
      subsets: subsets.map((name) => ({ name, labels: { app } })),
    }),
    virtualService(
      namespace,
      subsets.map((subset) => ({ host: app, subset })),
    ),
  ];
}

/** @param scaleDownDelaySeconds undefined: its default, 30. */
export function rollout(template: Template, split: ArgoSplit, scaleDownDelaySeconds: number | undefined): KubeObject {
  const steps = weights
    .slice(0, -1)
    .flatMap((setWeight) => [{ setWeight }, { pause: { duration: `${pauseSeconds}s` } }]);
  const istio = {
    virtualService: { name: app, routes: ["primary"] },
    ...(split === "canary" && {
      destinationRule: { name: app, stableSubsetName: stable, canarySubsetName: canary },
    }),
  };
  return object("argoproj.io/v1alpha1", "Rollout", app, {
    replicas,
    selector,
    template,
    strategy: {
      canary: {
        maxSurge: 1,
        maxUnavailable: 0,
        steps,
        trafficRouting: { istio },
        ...(split === "pingPong" && { pingPong: { pingService: "ping", pongService: "pong" } }),
        ...(scaleDownDelaySeconds !== undefined && { scaleDownDelaySeconds }),
      },
    },
  });
}

/** A Canary of Flagger, which makes the entry itself. Its steps are taken without checks of metrics: there is no Prometheus. */
export function flaggerCanary(namespace: string): KubeObject {
  return object("flagger.app/v1beta1", "Canary", app, {
    targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: app },
    progressDeadlineSeconds: 180,
    service: { port, targetPort: port, portName: "http", gateways: [gateway], hosts: [hostOf(namespace)] },
    analysis: { interval: `${pauseSeconds}s`, threshold: 5, stepWeights: weights },
  });
}

/** All in one file: the version of the pods, and whom the Service selects. */
export function naive(namespace: string, template: Template, version: string): KubeObject[] {
  return [deployment(template), service(app, { app, version }), virtualService(namespace, [{ host: app }])];
}
