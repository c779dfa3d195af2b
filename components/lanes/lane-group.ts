import { createHash } from "node:crypto";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { groupLabel } from "../../tools/mesh/group-label";
import { asmSettleSeconds } from "../alibaba/values";
import { providerOf } from "../child-options";
import { ProcessProvider } from "../cluster/process-resource";
import { checkFirst, observe, observedObjects, restoring } from "../live/watch";
import { laneBarrier, type MakeProxySync } from "../mesh/lane-barrier";
import { renderAsm } from "./asm/render";
import type { Barrier } from "./barrier";
import { changeSteps, type Step, steps } from "./change-steps";
import { renderIstio, renderSharedFilters } from "./istio/render";
import { routesOfOthersStay, subsetsOf } from "./named-subsets";
import {
  type GatewayPods,
  type IstioObject,
  laneLabel,
  lanesAnnotation,
  type RenderedObject,
  type Stage,
} from "./object";
import { planLaneGroup } from "./plan";
import { useSharedFilter } from "./shared-filter";
import type { LaneGroup as LaneGroupSpec, MeshKind } from "./spec";
import { type LaneTable, laneTable } from "./table";

/** Arguments of `LaneGroup`. Plain values: the number of objects depends on them. */
export interface LaneGroupArgs {
  /** The lane group, complete and validated (`parseStackConfig` gives such ones). */
  readonly group: LaneGroupSpec;
  /** The pods of the ingress gateway, which groups put filters on (`istio` only). */
  readonly gateway: GatewayPods;
  /**
   * The mesh that the objects are written for. Those of `asm` belong to the mesh's own API server, which the provider in the
   * resource options must lead to. @default "istio"
   */
  readonly mesh?: MeshKind;
  /**
   * Kubeconfig of the API server that the provider leads to, as text. With it the group sees which lanes there are, and so in
   * which order to change them; waits between the steps of a change until the proxies have each; writes again what was
   * changed by hand; and refuses to overwrite objects of others. It needs kubectl on PATH.
   * @default none: a change of lanes mixes versions in some requests, which a warning says
   */
  readonly kubeconfig?: pulumi.Input<string>;
  /**
   * Seconds that each step of a change is given where the control plane cannot be asked, as that of a managed mesh.
   * @default `istio`: none, it is asked; `asm`: 10
   */
  readonly settleSeconds?: number;
  /**
   * Waits in place of the group's own: those of a stack, which knows its cluster.
   * @default the group's own waits, which need `kubeconfig`
   */
  readonly barrier?: Barrier;
  /**
   * How the group's own waits are made: a component provider, whose program may be in any language, makes them itself. It sees
   * one group of its program at a time, so what groups share is a resource of each.
   * @default by Pulumi's dynamic provider, which needs a program in Node.js
   */
  readonly makeWait?: MakeProxySync;
}

/**
 * The mesh's objects of one lane group.
 *
 * They are made in the order of `changeSteps`, each step after the one before it, so that no route names a subset that is
 * not there. Pulumi deletes what is gone after every change is made, and in reverse order.
 * Make the group depend on the workloads and the mesh: `opts.dependsOn`.
 *
 * @example
 * const gateway = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
 * new LaneGroup("shop", { group, gateway, kubeconfig }, { provider, dependsOn: [...workloads, mesh] });
 */
export class LaneGroup extends pulumi.ComponentResource {
  /** Names of the lanes, in the order of the spec. */
  public readonly lanes: pulumi.Output<string[]>;
  /** Lane x service -> version and reason. */
  public readonly table: pulumi.Output<LaneTable>;

  public constructor(name: string, args: LaneGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:LaneGroup", name, {}, opts);
    const objects = render(args);
    const provider = providerOf(this, name, "kubernetes");
    const barrier = args.barrier ?? this.ownBarrier(name, args, provider);
    const subsetsAfter = subsetsOf(objects.map(({ kind, spec }) => ({ kind, content: { spec } })));
    checkFirst(
      provider,
      routesOfOthersStay(subsetsAfter, (group) => group === args.group.name),
    );
    const order = stepOrder(args.group, provider);
    const alone = args.makeWait && name;
    const shared = sharedFilters(args).map((filter) => useSharedFilter(filter, this, alone));
    const made = new Map<Step, pulumi.Resource[]>();
    /** Host -> what makes its subsets. */
    const subsets = new Map<unknown, pulumi.Resource[]>();
    for (const step of steps) {
      // Which step comes first is known when the cluster has told which lanes there are.
      const dependsOn = order.then((ordered) => previous(ordered, step, made, shared));
      // Not what the group depends on: the group itself waits for it, and the state of many lanes would be made of all those names.
      const child = { parent: this, provider, dependsOn, transformations: [restoring(provider)] };
      const created = step.flatMap((stage) => createStage(objects, stage, child, subsets));
      // One barrier to depend on, instead of all that it waits for, keeps the state small: it names them for each object.
      const waited = barrier && created.length > 0;
      made.set(step, waited ? [this.createBarrier(barrier, args.group, objects, step, created)] : created);
    }
    this.lanes = pulumi.output(args.group.lanes.map((lane) => lane.name));
    this.table = pulumi.output(laneTable(planLaneGroup(args.group)));
    this.registerOutputs({ lanes: this.lanes, table: this.table });
  }

  /** Of a program that has no stack of ours around the group. */
  private ownBarrier(
    name: string,
    {
      kubeconfig,
      makeWait,
      mesh = "istio",
      settleSeconds = mesh === "asm" ? asmSettleSeconds : undefined,
    }: LaneGroupArgs,
    provider: pulumi.ProviderResource,
  ): Barrier | undefined {
    if (kubeconfig === undefined) {
      const text = `lane group ${name} has no kubeconfig, so it neither knows which lanes there are nor waits for the proxies: while lanes change, some requests meet two versions. Hand it the kubeconfig of its provider.`;
      void pulumi.log.warn(text, this);
      return undefined;
    }
    // A stack of ours has said how to look already.
    if (!observedObjects(provider)) observe(provider, kubeconfig);
    const processes = makeWait ?? new ProcessProvider(`${name}-processes`, { parent: this });
    return laneBarrier({ processes, ...(settleSeconds === undefined ? { kubeconfig } : { settleSeconds }) });
  }

  private createBarrier(
    barrier: Barrier,
    { name: group }: LaneGroupSpec,
    objects: readonly RenderedObject[],
    step: Step,
    dependsOn: pulumi.Resource[],
  ): pulumi.Resource {
    const [stage] = step;
    const written = objects.filter((object) => step.includes(object.stage));
    const fingerprint = createHash("sha256").update(JSON.stringify(written)).digest("hex").slice(0, 16);
    return barrier({ group, stage, fingerprint, parent: this, dependsOn });
  }
}

/**
 * The objects of a stage. The routes of a host name its subsets as well: the barrier between them stays when a service
 * leaves the group, so it does not say which of the two goes first, and a route without its subset fails every request.
 */
function createStage(
  objects: readonly RenderedObject[],
  stage: Stage,
  opts: Omit<pulumi.CustomResourceOptions, "dependsOn"> & { readonly dependsOn: Promise<pulumi.Resource[]> },
  subsets: Map<unknown, pulumi.Resource[]>,
): pulumi.Resource[] {
  return objects
    .filter((object) => object.stage === stage)
    .map(({ apiVersion, kind, metadata, spec }) => {
      // The rule without subsets is to be the oldest of its host.
      const hosts = kind === "VirtualService" ? spec.hosts : kind === "DestinationRule" ? [spec.host] : [];
      const named = Array.isArray(hosts) ? hosts.flatMap((host) => subsets.get(host) ?? []) : [];
      const dependsOn = opts.dependsOn.then((before) => [...before, ...named]);
      const made = new CustomResource(
        [kind, ...("namespace" in metadata ? [metadata.namespace] : []), metadata.name].join("/"),
        { apiVersion, kind, metadata: structuredClone(metadata), spec },
        { ...opts, dependsOn },
      );
      if (kind === "DestinationRule") subsets.set(spec.host, [...(subsets.get(spec.host) ?? []), made]);
      return made;
    });
}

/** The steps of this change. Lanes that come and lanes that go want another order: the cluster knows which there are. */
async function stepOrder(group: LaneGroupSpec, provider: pulumi.ProviderResource): Promise<readonly Step[]> {
  const cluster = await observedObjects(provider);
  if (!cluster) return changeSteps(group, undefined);
  const live = (await cluster.all()).filter(({ labels }) => labels[groupLabel] === group.name);
  const entered = live.flatMap(({ annotations }) => annotations[lanesAnnotation]?.split(",") ?? []);
  // A group of swimlanes, and one of an earlier version of this project, has no such routes.
  const labelled = live.flatMap(({ labels }) => labels[laneLabel] ?? []);
  return changeSteps(group, [...new Set(entered.length > 0 ? entered : labelled)]);
}

/** What was made in the step before this one, `first` for the first; an empty step does not break the chain. */
function previous(
  ordered: readonly Step[],
  step: Step,
  made: ReadonlyMap<Step, pulumi.Resource[]>,
  first: pulumi.Resource[],
): pulumi.Resource[] {
  const earlier = ordered.slice(0, ordered.indexOf(step)).map((each) => made.get(each) ?? []);
  return earlier.filter((resources) => resources.length > 0).at(-1) ?? first;
}

/** ASM has its own ways to carry a lane. */
function sharedFilters({ group, gateway, mesh = "istio" }: LaneGroupArgs): IstioObject[] {
  return mesh === "istio" ? renderSharedFilters(group, { gateway }) : [];
}

function render({ group, gateway, mesh = "istio" }: LaneGroupArgs): RenderedObject[] {
  switch (mesh) {
    case "istio":
      return renderIstio(group, { gateway });
    case "asm":
      return renderAsm(group);
    default:
      return mesh satisfies never;
  }
}
