import { log, type ProviderResource } from "@pulumi/pulumi";
import { onCluster } from "../components/cluster/disposable";
import type { Gateway } from "../components/gateway/gateway";
import { LaneGroup } from "../components/lanes/lane-group";
import { removedGroups } from "../components/lanes/removal";
import { observedObjects } from "../components/live/watch";
import type { LaneSecurity } from "../components/security/lane-security";
import type { Workload } from "../components/workloads/workload";
import { gatewayPods } from "../config/gateway/gateway";
import type { StackConfig } from "../config/stack";
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
  void warnOfRemoved(mesh.provider, config);
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
async function warnOfRemoved(provider: ProviderResource, { laneGroups, workloads }: StackConfig): Promise<void> {
  // That a cluster does not answer is for the objects to say which are compared with it.
  const live = await observedObjects(provider)
    ?.then((cluster) => cluster?.all())
    .catch(() => undefined);
  const kept = laneGroups.map(({ name }) => name);
  for (const warning of removedGroups(live ?? [], kept, workloads)) await log.warn(warning);
}
