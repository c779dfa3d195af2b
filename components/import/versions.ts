import { selects } from "../lanes/labels";
import { isLabelKey, isLabelValue } from "../lanes/syntax";
import type { KubeService, KubeWorkload } from "./inventory";

/** A service and the workloads whose pods it selects. */
export interface Backed {
  readonly service: KubeService;
  readonly workloads: readonly KubeWorkload[];
}

/** The value of a label of a workload's pods; undefined: they have none, or none that Kubernetes takes. */
function labelValue({ labels }: KubeWorkload, label: string): string | undefined {
  const value = labels[label];
  return value !== undefined && isLabelValue(value) ? value : undefined;
}

/** Labels by which people tell versions apart, the likeliest first. */
export const usualLabels = ["version", "app.kubernetes.io/version"];

/** What is said where no pod says a version. */
const firstVersion = "v1";

export function workloadsOf({ selector, namespace }: KubeService, workloads: readonly KubeWorkload[]): KubeWorkload[] {
  return workloads.filter((workload) => workload.namespace === namespace && selects(selector, workload.labels));
}

/**
 * The pod label that tells versions: the one that tells most workloads of one service apart, then the one that most services
 * have. Labels by which a Service selects its pods cannot.
 */
export function versionLabelOf(services: readonly Backed[]): { readonly label: string; readonly why: string } {
  const keys = new Set([
    ...usualLabels,
    ...services.flatMap(({ workloads }) => workloads.flatMap(({ labels }) => Object.keys(labels))),
  ]);
  let best = { label: "version", telling: 0, having: 0 };
  for (const label of keys) {
    // Argo Rollouts and Deployments write another value with each change.
    if (
      !isLabelKey(label) ||
      label.endsWith("pod-template-hash") ||
      services.some(({ service }) => label in service.selector)
    )
      continue;
    const telling = services.filter((each) => each.workloads.length > 1 && tellsApart(each, label)).length;
    const having = usualLabels.includes(label) ? services.filter((each) => hasAll(each, label)).length : 0;
    if (telling > best.telling || (telling === best.telling && having > best.having)) best = { label, telling, having };
  }
  const { label, telling, having } = best;
  const count = (number: number) => (number === 1 ? "one service" : `${number} services`);
  if (telling > 0) return { label, why: `it tells the workloads of ${count(telling)} apart` };
  if (having > 0) return { label, why: `the pods of ${count(having)} have it` };
  return { label, why: "Istio's usual one; no pod has it yet" };
}

export function tellsApart({ workloads }: Backed, label: string): boolean {
  const values = workloads.map((workload) => labelValue(workload, label));
  return !values.includes(undefined) && new Set(values).size === values.length;
}

export function hasAll({ workloads }: Backed, label: string): boolean {
  return workloads.length > 0 && workloads.every((workload) => labelValue(workload, label) !== undefined);
}

/** A share of requests that an existing route gives to pods of a version. */
export interface RoutedShare {
  readonly service: KubeService;
  readonly version: string;
  readonly weight: number;
}

export interface ServiceVersions {
  readonly baseline: string;
  /** The baseline first. */
  readonly versions: readonly string[];
  readonly why: string;
  /** Workloads whose pods must get the label before a route can find them, with the value. */
  readonly unlabelled: readonly { readonly workload: KubeWorkload; readonly value: string }[];
}

/**
 * The versions of each service, and which is the baseline: the one that an existing route prefers, then the one that most
 * services have, then the first in natural order.
 *
 * @param versionIn the version that the labels of a service's workload tell.
 */
export function versionsOf(
  services: readonly Backed[],
  versionIn: (workload: KubeWorkload, service: KubeService) => string | undefined,
  shares: readonly RoutedShare[],
): Map<KubeService, ServiceVersions> {
  const common = mostCommon(services.flatMap((each) => valuesOf(each, versionIn))) ?? firstVersion;
  return new Map(
    services.map((each) => {
      const found = valuesOf(each, versionIn);
      const routed = shares
        .filter(({ service, version }) => service === each.service && found.includes(version))
        .sort((a, b) => b.weight - a.weight)[0];
      const first = found.includes(common) ? common : found[0];
      const baseline = routed?.version ?? first ?? common;
      const unlabelled = each.workloads
        .filter((workload) => versionIn(workload, each.service) === undefined)
        .map((workload) => ({ workload, value: baseline }));
      const why = whyBaseline(found, baseline, routed, common);
      return [
        each.service,
        { baseline, versions: [baseline, ...found.filter((value) => value !== baseline)], why, unlabelled },
      ];
    }),
  );
}

function whyBaseline(
  found: readonly string[],
  baseline: string,
  routed: RoutedShare | undefined,
  common: string,
): string {
  if (found.length === 0) return `no pod says a version; ${baseline} is to be its label`;
  if (found.length === 1) return "the only version";
  if (routed) return `an existing route gives it ${routed.weight} %`;
  return baseline === common ? "the version that most services have" : "the first of its versions";
}

function valuesOf(
  { workloads, service }: Backed,
  versionIn: (workload: KubeWorkload, service: KubeService) => string | undefined,
): string[] {
  const values = workloads.flatMap((workload) => versionIn(workload, service) ?? []);
  // Names that differ by letter case alone are one to a reader, and to the config check.
  const once = values.filter(
    (value, index) => values.findIndex((other) => other.toLowerCase() === value.toLowerCase()) === index,
  );
  return once.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

function mostCommon(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [best] = [...counts].sort(
    ([a, some], [b, others]) => others - some || a.localeCompare(b, "en", { numeric: true }),
  );
  return best?.[0];
}
