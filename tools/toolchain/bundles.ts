import { join } from "node:path";
import { sourcesHash } from "./cache-key";
import { optionalPins, pins } from "./pins";

/** Tools that come and go together: a bundle is taken whole from one source, so versions never mix. */
export type BundleName =
  | "pulumi"
  | "kubernetes-provider"
  | "kubernetes"
  | "etcd"
  | "coredns"
  | "istio"
  | "envoy"
  | "istio-charts"
  | "istio-older"
  | "opentelemetry-operator"
  | "docker"
  | "kind";

/** The kind of cluster the tools are for. `existing` also stands for clusters in a cloud. */
export interface ToolNeeds {
  readonly cluster: "embedded" | "kind" | "existing";
  /** Whether the stack instruments its apps; only then the operator is got. @default false */
  readonly telemetry?: boolean;
  /** The version of Istio that the stack runs; another one than the pinned is only got when it is asked for. @default the pinned one */
  readonly istio?: string;
  /** The version of a control plane of before that it keeps beside that one. @default none */
  readonly previousIstio?: string;
}

/** What is known about a bundle before anything is looked at. */
export interface Bundle {
  readonly name: BundleName;
  /** The pinned version, or the accepted range for tools that are only taken from PATH. */
  readonly version: string;
  /** Names that callers may use. */
  readonly programs: readonly string[];
  /** Whether a right version on PATH is taken. Binaries of the embedded node never are: they run as root. */
  readonly fromPath: boolean;
  /**
   * Folders below tools/ that an optional bundle is made from. A hash of them is part of its version and not of the cache
   * key, so that a change in them rebuilds this bundle and no other.
   */
  readonly sources?: readonly string[];
}

/** Names by which the one `kube` binary is called, and the files of the official release. */
export const kubernetesPrograms = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kubelet",
  "kubectl",
] as const;

/** Shell scripts beside the engine: they start the dynamic providers and the policy packs of a Node.js program. */
export const pulumiScripts = ["pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"] as const;

/** Folder below tools/ of the Go module of the oldest tested Istio. */
export const olderIstioSource = "istio-1.29";

/** Folders below tools/ of the operator's Go module and chart, and of the packages that it injects into Node.js apps. */
export const operatorSources = ["otel-operator", "otel-nodejs"] as const;

export const bundles: Readonly<Record<BundleName, Bundle>> = {
  pulumi: {
    name: "pulumi",
    version: pins.pulumi,
    programs: ["pulumi", "pulumi-language-nodejs", ...pulumiScripts],
    fromPath: true,
  },
  "kubernetes-provider": {
    name: "kubernetes-provider",
    version: pins.kubernetesProvider,
    programs: ["pulumi-resource-kubernetes"],
    fromPath: false,
  },
  kubernetes: { name: "kubernetes", version: pins.kubernetes, programs: kubernetesPrograms, fromPath: false },
  etcd: { name: "etcd", version: pins.etcd, programs: ["etcd"], fromPath: false },
  coredns: { name: "coredns", version: pins.coredns, programs: ["coredns"], fromPath: false },
  istio: { name: "istio", version: pins.istio, programs: ["pilot-discovery", "pilot-agent"], fromPath: false },
  envoy: { name: "envoy", version: pins.envoy, programs: ["envoy"], fromPath: false },
  "istio-charts": { name: "istio-charts", version: pins.istio, programs: [], fromPath: false },
  "istio-older": {
    name: "istio-older",
    version: optionalPins.istio,
    // Its programs have the names of the pinned ones, so they lie in a folder of their own.
    programs: [],
    fromPath: false,
    sources: [olderIstioSource],
  },
  "opentelemetry-operator": {
    name: "opentelemetry-operator",
    version: optionalPins.opentelemetryOperator,
    programs: ["opentelemetry-operator"],
    fromPath: false,
    sources: operatorSources,
  },
  docker: { name: "docker", version: "any", programs: ["docker"], fromPath: true },
  kind: { name: "kind", version: pins.kindRange, programs: ["kind"], fromPath: true },
};

/**
 * Where a program lies in a tool folder. The provider stays out of the bin folder: the engine prefers a provider that
 * it finds on PATH to an installed one, and warns about it in every preview.
 */
export function programFile(program: string): string {
  return join(program === "pulumi-resource-kubernetes" ? "plugins" : "bin", program);
}

/** Where Envoy's bootstrap template lies in a tool folder. */
export const bootstrapFile = "envoy_bootstrap.json";

/** Where the charts lie in a tool folder: sub-folders base, istio-discovery, gateway. */
export const chartsFolder = "charts";

/** Where the oldest tested Istio lies in a tool folder: bin/, charts/ and Envoy's bootstrap template, as in a tool folder. */
export const olderIstioFolder = `istio-${optionalPins.istio}`;

/** Where the operator's chart lies in a tool folder. */
export const operatorChartFolder = "opentelemetry-operator-chart";

/** The layer with what is injected into Node.js apps, in a tool folder: a tar file. */
export const nodejsLayerFile = "opentelemetry-nodejs.tar";

/**
 * The bundles that a stack needs, in the order they are shown.
 *
 * @param sources this project's tools folder, or what stands in for it.
 */
export function neededBundles(needs: ToolNeeds, sources: string): readonly Bundle[] {
  // On other clusters the published chart and images serve.
  const operator = needs.telemetry && needs.cluster === "embedded" ? [bundles["opentelemetry-operator"]] : [];
  const older = needsOlderIstio(needs) && needs.cluster === "embedded" ? [bundles["istio-older"]] : [];
  return [...bundlesOf(needs), ...[...older, ...operator].map((bundle) => pinned(bundle, sources))];
}

/** Whether one of its control planes is the oldest tested Istio. */
export function needsOlderIstio({ istio, previousIstio }: ToolNeeds): boolean {
  return [istio, previousIstio].includes(optionalPins.istio);
}

function pinned(bundle: Bundle, sources: string): Bundle {
  if (!bundle.sources) return bundle;
  return { ...bundle, version: `${bundle.version}+${sourcesHash(sources, bundle.sources).slice(0, 8)}` };
}

function bundlesOf(needs: ToolNeeds): readonly Bundle[] {
  const all: readonly BundleName[] = ["pulumi", "kubernetes-provider", "istio-charts"];
  switch (needs.cluster) {
    case "embedded":
      return [...all, "kubernetes", "etcd", "coredns", "istio", "envoy"].map((name) => bundles[name as BundleName]);
    case "kind":
      return [...all, "docker", "kind"].map((name) => bundles[name as BundleName]);
    case "existing":
      return all.map((name) => bundles[name]);
    default: {
      const never: never = needs.cluster;
      return never;
    }
  }
}
