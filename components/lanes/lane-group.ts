import { createHash } from "node:crypto";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { renderAsm } from "./asm/render";
import type { Barrier } from "./barrier";
import { changeSteps } from "./change-steps";
import { renderIstio, renderSharedFilters } from "./istio/render";
import type { GatewayPods, IstioObject, RenderedObject, Stage } from "./object";
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
  /** Waits until the proxies have a step before the next one begins. @default no wait: only the order is kept */
  readonly barrier?: Barrier;
  /**
   * Names of the lanes that the group has had so far: lanes that come and lanes that go want another order.
   * @default unknown: the order for lanes that come
   */
  readonly previousLanes?: readonly string[];
}

/**
 * The mesh's objects of one lane group.
 *
 * They are made in the order of `changeSteps`, each step after the one before it, so that no route names a subset that is
 * not there. Pulumi deletes what is gone after every change is made, and in reverse order.
 * Make the group depend on the workloads and the mesh: `opts.dependsOn`.
 *
 * @example
 * new LaneGroup("shop", { group, gateway: { namespace: "istio-system", labels: { istio: "ingressgateway" } } },
 *   { provider, dependsOn: [...workloads, mesh] });
 */
export class LaneGroup extends pulumi.ComponentResource {
  /** Names of the lanes, in the order of the spec. */
  public readonly lanes: pulumi.Output<string[]>;
  /** Lane x service -> version and reason. */
  public readonly table: pulumi.Output<LaneTable>;

  public constructor(name: string, args: LaneGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:LaneGroup", name, {}, opts);
    const objects = render(args);
    let before = sharedFilters(args).map((filter) => useSharedFilter(filter, this));
    for (const step of changeSteps(args.group, args.previousLanes)) {
      const made = step.flatMap((stage) => this.createStage(objects, stage, before));
      // An empty step must not break the chain.
      if (made.length === 0) continue;
      // One barrier to depend on, instead of all that it waits for, keeps the state small: it names them for each object.
      before = args.barrier ? [this.createBarrier(args.barrier, args.group, objects, step, made)] : made;
    }
    this.lanes = pulumi.output(args.group.lanes.map((lane) => lane.name));
    this.table = pulumi.output(laneTable(planLaneGroup(args.group)));
    this.registerOutputs({ lanes: this.lanes, table: this.table });
  }

  private createBarrier(
    barrier: Barrier,
    { name: group }: LaneGroupSpec,
    objects: readonly RenderedObject[],
    step: readonly Stage[],
    dependsOn: pulumi.Resource[],
  ): pulumi.Resource {
    const [stage] = step;
    if (stage === undefined) throw new Error("a step has no stage");
    const written = objects.filter((object) => step.includes(object.stage));
    const fingerprint = createHash("sha256").update(JSON.stringify(written)).digest("hex").slice(0, 16);
    return barrier({ group, stage, fingerprint, parent: this, dependsOn });
  }

  private createStage(objects: readonly RenderedObject[], stage: Stage, dependsOn: pulumi.Resource[]) {
    return objects
      .filter((object) => object.stage === stage)
      .map(
        ({ apiVersion, kind, metadata, spec }) =>
          new CustomResource(
            [kind, ...("namespace" in metadata ? [metadata.namespace] : []), metadata.name].join("/"),
            { apiVersion, kind, metadata: { ...metadata, labels: { ...metadata.labels } }, spec },
            { parent: this, dependsOn },
          ),
      );
  }
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
