import type { StackConfig, WorkloadConfig } from "../config/stack";
import { workloadArgs } from "../config/workloads/args";
import {
  type AvailableImages,
  appContainer,
  type Instrumentation,
  injectionOf,
  type LaneSecurity,
  onCluster,
  pairName,
  Workload,
} from "../library";
import type { Namespaces } from "./namespaces";
import type { Platform } from "./platforms/platform";

export interface WorkloadNeeds {
  readonly platform: Platform;
  readonly namespaces: Namespaces;
  readonly images: AvailableImages;
  /** Calls are allowed before the first pod makes one. */
  readonly security: LaneSecurity;
  readonly telemetry: Instrumentation | undefined;
  readonly config: StackConfig;
}

/** The services that the stack runs itself. */
export function createWorkloads({ config, ...needs }: WorkloadNeeds): readonly Workload[] {
  return config.workloads.map((workload) => createWorkload(workload, needs));
}

function createWorkload(
  workload: WorkloadConfig,
  { platform: { cluster, mesh }, namespaces, images, security, telemetry }: Omit<WorkloadNeeds, "config">,
): Workload {
  const { name, app, instrument, namespace } = workload;
  const injected = instrument && telemetry?.inject(namespace, instrument, appContainer);
  const built = app && images.refs[app];
  const resource = pairName(namespace, name);
  return new Workload(
    resource.name,
    {
      ...(built && { image: built }),
      ...workloadArgs(workload),
      podAnnotations: { ...injectionOf(mesh, namespace).podAnnotations, ...injected?.annotations },
    },
    {
      ...onCluster(cluster),
      aliases: resource.aliases,
      dependsOn: [
        ...namespaces.of({ namespace }),
        mesh.controlPlane,
        security,
        ...images.dependsOn,
        ...(injected?.dependsOn ?? []),
      ],
    },
  );
}
