import { createHash } from "node:crypto";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { after, type ChildOptions, providerOf } from "../child-options";
import { renderAsm } from "./asm/render";
import type { Barrier } from "./barrier";
import { changeSteps } from "./change-steps";
import { renderIstio } from "./istio/render";
import type { GatewayPods, RenderedObject, Stage } from "./object";
import { planLaneGroup } from "./plan";
import type { LaneGroup as LaneGroupSpec, MeshKind } from "./spec";
import { type LaneTable, laneTable } from "./table";

/** Arguments of `LaneGroup`. Plain values: the number of objects depends on them. */
export interface LaneGroupArgs {
  /** The lane group, complete and validated (`parseStackConfig` gives such ones). */
  readonly group: LaneGroupSpec;
  /** The pods of the ingress gateway, which permissive groups put filters on (`istio` only). */
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
  /** Host -> what makes its subsets. */
  private readonly subsets = new Map<unknown, pulumi.Resource[]>();

  public constructor(name: string, args: LaneGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:LaneGroup", name, {}, opts);
    const objects = render(args);
    // Not `dependsOn`: the group itself waits for it, and the state of many lanes would be made of all those names.
    const child = { parent: this, provider: providerOf(this, name, "kubernetes") };
    let before: pulumi.Resource[] = [];
    for (const step of changeSteps(args.group, args.previousLanes)) {
      const made = step.flatMap((stage) => this.createStage(objects, stage, after(child, before)));
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

  private createStage(objects: readonly RenderedObject[], stage: Stage, child: ChildOptions): pulumi.Resource[] {
    return objects.filter((object) => object.stage === stage).map((object) => this.createObject(object, child));
  }

  /**
   * The routes of a host name its subsets as well. The barrier between them stays when a service leaves the group, so that
   * it says nothing of which of the two goes first: a route without its subset would fail every request.
   */
  private createObject({ apiVersion, kind, metadata, spec }: RenderedObject, child: ChildOptions): pulumi.Resource {
    const hosts: readonly unknown[] = kind === "VirtualService" && Array.isArray(spec.hosts) ? spec.hosts : [];
    const subsets = hosts.flatMap((host) => this.subsets.get(host) ?? []);
    const made = new CustomResource(
      [kind, ...("namespace" in metadata ? [metadata.namespace] : []), metadata.name].join("/"),
      { apiVersion, kind, metadata: { ...metadata, labels: { ...metadata.labels } }, spec },
      subsets.length > 0 ? after(child, subsets) : child,
    );
    if (kind === "DestinationRule") this.subsets.set(spec.host, [...(this.subsets.get(spec.host) ?? []), made]);
    return made;
  }
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
