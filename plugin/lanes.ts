import * as pulumi from "@pulumi/pulumi";
import { LaneGroup } from "../components/lanes/lane-group";
import { gatewayLabels } from "../components/lanes/object";
import { parseLaneGroup } from "../components/lanes/parse";
import { planLaneGroup } from "../components/lanes/plan";
import { formatLaneTable, laneTable } from "../components/lanes/table";
import { UserError } from "../tools/user-error";
import type { LanesArgs } from "./args/group";
import { makeProxySync } from "./proxy-sync";

/**
 * Traffic lanes of one group on upstream Istio: the DestinationRules, VirtualServices and EnvoyFilters, made and removed in
 * an order that never leads a request to what is not there. All mistakes are reported at once, before anything is made.
 */
export class Lanes extends pulumi.ComponentResource {
  /** Names of the lanes, in their order. */
  public readonly laneNames: pulumi.Output<string[]>;
  /** Lane x service as a table in plain text. */
  public readonly table: pulumi.Output<string>;

  public constructor(name: string, args: LanesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:Lanes", name, {}, opts);
    const { group: groupName = name, gatewayNamespace, gatewayLabels: own, kubeconfig, ...rest } = args;
    const group = parseLaneGroup({ ...withoutUnions(rest), name: groupName }, name);
    const [namespace = "", gateway = ""] = group.entry.gateway.split("/");
    const pods = { namespace: gatewayNamespace ?? namespace, labels: own ?? gatewayLabels(gateway) };
    const lanes = new LaneGroup(
      name,
      { group, gateway: pods, makeWait: makeProxySync, ...(kubeconfig !== undefined && { kubeconfig }) },
      { parent: this },
    );
    this.laneNames = lanes.lanes;
    this.table = pulumi.output(formatLaneTable(laneTable(planLaneGroup(group))));
    this.registerOutputs({ laneNames: this.laneNames, table: this.table });
  }
}

/** Keys that stand for one branch of a union are put where the lane group's own schema has them. */
function withoutUnions<Args extends Pick<LanesArgs, "entry" | "lanes">>(args: Args): object {
  const { stickyCookie, ...entry } = args.entry;
  if (stickyCookie !== undefined && entry.sticky !== undefined) throw both("entry", "sticky", "stickyCookie");
  return {
    ...args,
    entry: { ...entry, ...(stickyCookie !== undefined && { sticky: stickyCookie }) },
    lanes: args.lanes.map(({ anyMatch, ...lane }, index) => {
      if (anyMatch !== undefined && lane.match !== undefined) throw both(`lanes[${index}]`, "match", "anyMatch");
      return { ...lane, ...(anyMatch !== undefined && { match: anyMatch }) };
    }),
  };
}

function both(path: string, one: string, other: string): UserError {
  const fix = "Keep one of them.";
  const problem = { path, got: `got ${one} and ${other}`, expected: `${one} or ${other}`, fix };
  return new UserError("The lane group has one problem.", [problem]);
}
