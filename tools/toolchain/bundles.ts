import { join } from "node:path";
import { pins } from "./pins";

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
  | "docker"
  | "kind";

/** The kind of cluster the tools are for. `existing` also stands for clusters in a cloud. */
export interface ToolNeeds {
  readonly cluster: "embedded" | "kind" | "existing";
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

/** The bundles that a cluster kind needs, in the order they are shown. */
export function neededBundles(needs: ToolNeeds): readonly Bundle[] {
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
