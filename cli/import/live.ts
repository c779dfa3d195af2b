import type { RawDocument } from "../../components/import/objects";
import { injectorKind, tagLabel } from "../../components/lanes/revisions";
import { KubectlFailure, kubectlEnvironment, runKubectl } from "../../tools/kubectl/kubectl";
import { UserError } from "../../tools/user-error";
import { isRecord } from "../../tools/values";

export interface LiveCluster {
  readonly kubeconfig: string;
  readonly context: string;
  /** None: all but those of the cluster itself. */
  readonly namespaces: readonly string[];
}

/** Runs kubectl against the cluster. @throws KubectlFailure */
export type RunLive = (args: readonly string[]) => Promise<string>;

/** Secrets are not among them. */
const kinds = [
  ...["services", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "configmaps"],
  ...["virtualservices.networking.istio.io", "destinationrules.networking.istio.io", "gateways.networking.istio.io"],
  "sidecars.networking.istio.io",
  ...["ingresses.networking.k8s.io", "httproutes.gateway.networking.k8s.io", "grpcroutes.gateway.networking.k8s.io"],
  ...["rollouts.argoproj.io", "canaries.flagger.app"],
];

/** Control plane and gateways. */
const meshKinds = ["deployments.apps", "gateways.networking.istio.io", "sidecars.networking.istio.io"];

/** Namespaces of the cluster itself. */
const systemNamespaces = new Set(["kube-system", "kube-public", "kube-node-lease"]);

/**
 * Reads a live cluster, and changes nothing. Kinds that it does not have are none.
 *
 * @throws UserError with kubectl's own words.
 */
export async function readCluster(
  cluster: LiveCluster,
  run: RunLive = kubectlOf(cluster),
): Promise<readonly RawDocument[]> {
  const { context, namespaces } = cluster;
  const where = namespaces.length > 0 ? namespaces.map((name) => ["--namespace", name]) : [["--all-namespaces"]];
  const questions = [
    ...kinds.flatMap((kind) => where.map((flags) => ["get", kind, ...flags])),
    ["get", "namespaces"],
    // Which revision a namespace's label stands for.
    ["get", injectorKind, "--selector", tagLabel],
    // Of a mesh that is not looked at otherwise.
    ...(namespaces.length > 0 ? meshKinds.map((kind) => ["get", kind, "--namespace", "istio-system"]) : []),
  ];
  const items: unknown[] = [];
  // One after the other: a cluster in use has other things to do.
  for (const question of questions) items.push(...(await ask(run, [...question, "--output", "json"])));
  return items
    .filter((item) => namespaces.length > 0 || !isSystem(item))
    .map((value, index) => ({ value, place: { file: `context ${context}`, document: index + 1 } }));
}

function isSystem(item: unknown): boolean {
  const metadata = isRecord(item) && isRecord(item.metadata) ? item.metadata : {};
  return typeof metadata.namespace === "string" && systemNamespaces.has(metadata.namespace);
}

async function ask(run: RunLive, args: readonly string[]): Promise<unknown[]> {
  try {
    const answer: unknown = JSON.parse(await run(args));
    return isRecord(answer) && Array.isArray(answer.items) ? answer.items : [];
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error;
    const [, kind = ""] = args;
    if (/doesn't have a resource type|could not find the requested resource/.test(error.words)) return [];
    // Whoever may not list these may still import a namespace.
    const optional = kind === "namespaces" || kind === injectorKind || args.includes("istio-system");
    if (optional && /forbidden/i.test(error.words)) return [];
    throw new UserError("lanes import cannot read the cluster", [
      {
        path: `kubectl ${args.slice(0, 2).join(" ")}`,
        got: error.missing ? "kubectl is not on PATH" : error.words,
        expected: "a cluster that answers, and the right to list this kind",
        fix: "Correct --kubeconfig and --context, name a namespace you may read with --namespace, or import manifests.",
      },
    ]);
  }
}

function kubectlOf({ kubeconfig, context }: LiveCluster): RunLive {
  const target = { flags: ["--kubeconfig", kubeconfig, "--context", context], env: kubectlEnvironment() };
  return (args) => runKubectl(target, ["--request-timeout=20s", ...args]);
}
