import { log, type ProviderResource } from "@pulumi/pulumi";
import { gatewayPods } from "../config/gateway/gateway";
import type { StackConfig } from "../config/stack";
import {
  checkRemovedGroups,
  type Gateway,
  LaneGroup,
  type LaneSecurity,
  onCluster,
  removedGroupWarnings,
  type Workload,
} from "../library";
import type { Platform } from "./platforms/platform";
import { stackBarrier } from "./proxy-barriers";

export interface LaneGroupNeeds {
  readonly platform: Platform;
  readonly gateway: Gateway;
  readonly security: LaneSecurity;
  readonly workloads: readonly Workload[];
  readonly config: StackConfig;
}

/** The lane groups by name. No route before the pods it leads to are ready, none before the gateway listens. */
export function createLaneGroups(needs: LaneGroupNeeds): [string, LaneGroup][] {
  const { platform, gateway, security, workloads, config } = needs;
  const { cluster, mesh } = platform;
  const kept = config.laneGroups.map(({ name }) => name);
  checkRemovedGroups(mesh.provider, kept);
  void warnOfRemoved(mesh.provider, kept, config);
  return config.laneGroups.map((group) => [
    group.name,
    new LaneGroup(
      group.name,
      {
        group,
        mesh: mesh.kind,
        gateway: gatewayPods(config.gateway),
        barrier: stackBarrier(platform),
      },
      { ...onCluster(cluster), provider: mesh.provider, dependsOn: [...gateway.listeners, security, ...workloads] },
    ),
  ]);
}

/** Says in preview what callers get of groups that go while their workloads stay. */
async function warnOfRemoved(
  provider: ProviderResource,
  kept: readonly string[],
  { workloads }: StackConfig,
): Promise<void> {
  for (const warning of await removedGroupWarnings(provider, kept, workloads)) await log.warn(warning);
}
