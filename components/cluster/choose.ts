import { UserError } from "../../tools/user-error";
import type { LocalClusterKind } from "./process-resource";

/** What decides which kind of cluster this machine can run. Gathered at the edge; see stacks/environment.ts. */
export interface HostFacts {
  readonly platform: NodeJS.Platform;
  /** Whether the process runs as root. */
  readonly root: boolean;
  /** The local cluster that an earlier run made and nobody removed. */
  readonly present: LocalClusterKind | undefined;
  /** Whether a Docker engine answers. A function, because asking takes time and is mostly not needed. */
  readonly dockerAnswers: () => boolean;
}

export type ClusterKind = LocalClusterKind | "existing";

/** A kind of cluster and why it was taken. */
export interface ClusterChoice<Kind extends ClusterKind = ClusterKind> {
  readonly kind: Kind;
  readonly reason: string;
}

/**
 * Settles `cluster.kind` of the config.
 *
 * @throws UserError when the kind that was asked for, or none with `auto`, can run on this machine.
 */
export function chooseClusterKind(wanted: ClusterKind | "auto", facts: HostFacts): ClusterChoice {
  return wanted === "existing" ? { kind: wanted, reason: "config names it" } : chooseLocalCluster(wanted, facts);
}

/**
 * The kind of cluster that this machine is to run. With `auto`, an existing cluster is kept: a Docker engine that
 * comes or goes between two runs must not replace it.
 *
 * @throws UserError when the kind that was asked for, or none with `auto`, can run on this machine.
 */
export function chooseLocalCluster(
  wanted: LocalClusterKind | "auto",
  facts: HostFacts,
): ClusterChoice<LocalClusterKind> {
  if (wanted === "auto") return chooseByHost(facts);
  if (wanted === "embedded") refuseEmbedded(facts, "embedded");
  return { kind: wanted, reason: "config names it" };
}

function chooseByHost(facts: HostFacts): ClusterChoice<LocalClusterKind> {
  if (facts.present) return { kind: facts.present, reason: "it runs already" };
  if (facts.dockerAnswers()) return { kind: "kind", reason: "a Docker engine answers" };
  refuseEmbedded(facts, "auto; no Docker engine answers");
  return { kind: "embedded", reason: "no Docker engine answers, and this is Linux and root" };
}

/** The embedded node makes network namespaces and mounts: that is Linux, and root's right. */
function refuseEmbedded(facts: HostFacts, wanted: string): void {
  const obstacle = facts.platform !== "linux" ? `this is ${facts.platform}, not Linux` : "this user is not root";
  if (facts.platform === "linux" && facts.root) return;
  throw new UserError("This machine cannot run the local cluster that the config asks for.", [
    {
      path: "cluster.kind",
      got: `${wanted}, and ${obstacle}`,
      expected: "a running Docker engine (kind), or Linux as root (embedded), or a cluster of yours (existing)",
      fix:
        facts.platform === "linux"
          ? "Start Docker, or run this as root, or set cluster.kind to existing with a kubeconfig and a context."
          : "Start Docker, or set cluster.kind to existing with a kubeconfig and a context.",
    },
  ]);
}
