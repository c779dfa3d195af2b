import { createHash } from "node:crypto";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { providerOf } from "../child-options";
import { observedObjects, restoring } from "../live/watch";
import { renderAsm } from "./asm/render";
import type { Barrier } from "./barrier";
import { changeSteps, type Step, steps } from "./change-steps";
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
    const provider = providerOf(this, name, "kubernetes");
    const order = stepOrder(args.group, provider);
    const made = new Map<Step, pulumi.Resource[]>();
    for (const step of steps) {
      // Which step comes first is known when the cluster has told which lanes there are.
      const dependsOn = order.then((ordered) => previous(ordered, step, made));
      // Not what the group depends on: the group itself waits for it, and the state of many lanes would be made of all those names.
      const child = { parent: this, provider, dependsOn, transformations: [restoring(provider)] };
      const created = step.flatMap((stage) => createStage(objects, stage, child));
      // One barrier to depend on, instead of all that it waits for, keeps the state small: it names them for each object.
      const { barrier } = args;
      const waited = barrier && created.length > 0;
      made.set(step, waited ? [this.createBarrier(barrier, args.group, objects, step, created)] : created);
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
}

function createStage(objects: readonly RenderedObject[], stage: Stage, opts: pulumi.CustomResourceOptions) {
  return objects
    .filter((object) => object.stage === stage)
    .map(
      ({ apiVersion, kind, metadata, spec }) =>
        new CustomResource(
          [kind, ...("namespace" in metadata ? [metadata.namespace] : []), metadata.name].join("/"),
          { apiVersion, kind, metadata: { ...metadata, labels: { ...metadata.labels } }, spec },
          opts,
        ),
    );
}

/** The steps of this change. Lanes that come and lanes that go want another order: the cluster knows which there are. */
async function stepOrder(group: LaneGroupSpec, provider: pulumi.ProviderResource): Promise<readonly Step[]> {
  const cluster = await observedObjects(provider);
  if (!cluster) return changeSteps(group, undefined);
  const live = (await cluster.all()).filter(({ labels }) => labels["mesh-lanes/group"] === group.name);
  return changeSteps(group, [...new Set(live.flatMap(({ labels }) => labels["mesh-lanes/lane"] ?? []))]);
}

/** What was made in the step before this one; an empty step does not break the chain. */
function previous(ordered: readonly Step[], step: Step, made: ReadonlyMap<Step, pulumi.Resource[]>): pulumi.Resource[] {
  const earlier = ordered.slice(0, ordered.indexOf(step)).map((each) => made.get(each) ?? []);
  return earlier.filter((resources) => resources.length > 0).at(-1) ?? [];
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
