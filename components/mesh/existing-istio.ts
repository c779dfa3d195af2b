import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../../tools/user-error";
import { providerOf } from "../child-options";
import { type MeshRevisions, revisionOf, revisionsInWords } from "../lanes/revisions";
import type { Check } from "../live/gate";
import { checkFirst } from "../live/watch";
import { injectionLabel, revisionName } from "./control-planes";
import { liveRevisions } from "./live-revisions";
import type { Mesh } from "./mesh";
import { proxyMark } from "./proxy-mark";
import { istioNamespace } from "./root-namespace";

export interface ExistingIstioMeshArgs {
  /**
   * Revision of the control plane whose sidecars the workloads get, or a tag that stands for one (`istioctl tag set stable
   * --revision v1-31`). Namespaces get the tag itself, so they follow when it moves to another revision.
   * @default none: the default control plane, or the one that the tag `default` stands for
   * @example "stable"
   */
  readonly revision?: string;
}

/** Upstream Istio that somebody else runs. Nothing of it is made, changed or removed. */
export class ExistingIstioMesh extends pulumi.ComponentResource implements Mesh {
  public readonly kind = "istio";
  public readonly provider: pulumi.ProviderResource;
  public readonly injectionLabel: Readonly<Record<string, string>>;
  public readonly podAnnotations: Readonly<Record<string, pulumi.Input<string>>>;
  public readonly controlPlane: pulumi.Resource;

  public constructor(name: string, { revision }: ExistingIstioMeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:ExistingIstioMesh", name, {}, opts);
    this.provider = providerOf(this, name, "kubernetes");
    this.controlPlane = this.provider;
    this.injectionLabel = injectionLabel(revision);
    // Its version may change at any time, which pods do not follow by themselves.
    this.podAnnotations = proxyMark(undefined, revision);
    checkFirst(this.provider, runs(revisionName(revision)));
    this.registerOutputs({});
  }
}

/** A control plane of that revision, or of the revision that the tag stands for. */
function runs(name: string): Check {
  return async (cluster) => planeProblems(name, await liveRevisions(cluster));
}

/** What is wrong with `mesh.revision`. @param name revision or tag, `default` where the config has none. */
export function planeProblems(name: string, known: MeshRevisions): Problem[] {
  const revision = revisionOf(name, known);
  if (revision !== undefined && known.revisions.includes(revision)) return [];
  const there = `in ${istioNamespace}: ${revisionsInWords(known)}`;
  if (revision !== undefined) {
    const got = `tag ${name}, which stands for revision ${revision}, of which no control plane runs; ${there}`;
    const fix = `Set the tag to a revision that runs (istioctl tag set ${name} --revision REVISION --overwrite), or name another in mesh.revision.`;
    return [{ path: "mesh.revision", got, expected: "a tag of a control plane that runs", fix }];
  }
  const read =
    known.problem === undefined
      ? ""
      : "Let your account list mutatingwebhookconfigurations, so that all tags are known. ";
  const fix = `${read}Name one of them in mesh.revision, or remove mesh.existing to have this stack install Istio.`;
  return [{ path: "mesh.existing", got: there, expected: `a control plane of revision or tag ${name}`, fix }];
}
