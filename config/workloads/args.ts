import { istioProtocol } from "../../components/lanes/protocol";
import type { WorkloadArgs, WorkloadVersion } from "../../components/workloads/args";
import { type DemoProtocol, demoEnv, demoPod, demoProbe } from "../../components/workloads/demo-app";
import type { WorkloadConfig } from "./workloads";

/**
 * A workload of the config as its component takes it, but for the image of an app, which the cluster knows. An app of this
 * project runs in its own way (components/workloads/demo-app.ts); an image of anybody as the image says.
 */
export function workloadArgs(workload: WorkloadConfig): WorkloadArgs {
  const { name, app, targetPort, calls, pod, probe, env, replicas, minAvailable, secretEnv } = workload;
  const { image, imagePullSecrets, sessionAffinity, serviceAccount, drainSeconds } = workload;
  const protocol = protocolOf(workload);
  const grpcPort = protocol === "grpc" ? undefined : grpcPortOf(workload);
  const further = { ...(calls !== undefined && { calls }), ...(grpcPort !== undefined && { grpcPort }) };
  const versions = workload.versions.map((version): [string, WorkloadVersion] => {
    const own = workload.ofVersions[version] ?? { env: {} };
    const secrets = workload.secretEnvOf?.[version];
    const who = demoEnv({ name, version, port: targetPort, protocol, ...further });
    // Whoever writes a variable wins over the app's own, for all versions as for one.
    const demo = Object.entries(who).filter(([variable]) => (env[variable] ?? secretEnv?.[variable]) === undefined);
    return [
      version,
      {
        replicas: replicas[version] ?? 1,
        env: app === undefined ? own.env : { ...Object.fromEntries(demo), ...own.env },
        ...(own.image !== undefined && { image: own.image }),
        ...(own.drainSeconds !== undefined && { drainSeconds: own.drainSeconds }),
        ...(own.pod && { pod: own.pod }),
        ...(secrets && { secretEnv: secrets }),
      },
    ];
  });
  return {
    serviceName: name,
    namespace: workload.namespace,
    port: workload.port,
    portName: workload.portName,
    targetPort,
    ...(workload.ports.length > 0 && { ports: workload.ports }),
    versions: Object.fromEntries(versions),
    versionLabel: workload.versionLabel,
    pod: [...(app === undefined ? [] : [demoPod(targetPort, protocol)]), ...(pod ? [pod] : [])],
    probe: probe ?? (app === undefined ? "tcp" : protocol === "grpc" ? "grpc" : demoProbe),
    env,
    ...(image !== undefined && { image }),
    ...(secretEnv && { secretEnv }),
    ...(minAvailable !== undefined && { minAvailable }),
    ...(drainSeconds !== undefined && { drainSeconds }),
    ...(imagePullSecrets && { imagePullSecrets }),
    ...(sessionAffinity && { sessionAffinity }),
    ...(serviceAccount && { accountAnnotations: serviceAccount.annotations }),
  };
}

/** An app speaks what the name of its port says to the mesh. */
export function protocolOf({ port, portName }: Pick<WorkloadConfig, "port" | "portName">): DemoProtocol {
  return istioProtocol({ port, name: portName }).name === "gRPC" ? "grpc" : "http";
}

/** Port of the container on which the mock speaks gRPC beside its first one; undefined: none. */
function grpcPortOf({ ports, targetPort }: Pick<WorkloadConfig, "ports" | "targetPort">): number | undefined {
  const further = ports.find((each) => each.targetPort !== targetPort && istioProtocol(each).name === "gRPC");
  return further?.targetPort;
}

/** Ports of the container on which an app of this project listens. */
export function listensOn(workload: WorkloadConfig): number[] {
  const grpcPort = workload.app === "mock" ? grpcPortOf(workload) : undefined;
  return [workload.targetPort, ...(grpcPort === undefined ? [] : [grpcPort])];
}
