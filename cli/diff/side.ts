import { gatewayDrainSeconds } from "../../components/gateway/gateway-deployment";
import { renderAsm } from "../../components/lanes/asm/render";
import type { DiffSide, RefusedBy, WorkloadPods } from "../../components/lanes/diff/sides";
import { renderIstio } from "../../components/lanes/istio/render";
import { planeOf, revisionName } from "../../components/mesh/control-planes";
import { allowedCalls, anyAccount } from "../../components/security/calls";
import type { WorkloadArgs } from "../../components/workloads/args";
import { appContainer, deploymentSpec, labelsOfPods } from "../../components/workloads/deployment-spec";
import { drainOf } from "../../components/workloads/drain";
import { versionNamed } from "../../components/workloads/versions";
import { gatewayName, gatewayPods } from "../../config/gateway/gateway";
import { workloadNamespaces } from "../../config/ownership/namespaces";
import type { IstioMeshConfig, StackConfig, WorkloadConfig } from "../../config/stack";
import { workloadArgs } from "../../config/workloads/args";
import { ciphersOf, settingsOf } from "./settings";
import type { Source } from "./source";

/** What the pods of each version run, without secrets. */
function podsOf(workload: WorkloadConfig): WorkloadPods {
  let asked: WorkloadArgs | undefined;
  return {
    source: JSON.stringify(workload),
    of: (version) => {
      asked ??= workloadArgs(workload);
      const { image: usual = `the app ${workload.app}`, ...args } = asked;
      const own = versionNamed(args, version);
      const { template } = deploymentSpec({ ...args, image: "" }, version, { ...own, image: "" });
      const labels = labelsOfPods(args, version, own);
      const drainSeconds = drainOf(template, appContainer);
      return {
        ...{ image: String(own.image ?? usual), others: JSON.stringify(template), labels },
        ...(drainSeconds !== undefined && { drainSeconds }),
      };
    },
  };
}

/** The control plane of the proxies of each namespace; the version of an Istio that somebody else runs is not the config's. */
function planesOf(mesh: IstioMeshConfig, { workloads, gateway }: Pick<StackConfig, "workloads" | "gateway">) {
  const namespaces = [...workloadNamespaces({ workloads }), ...(gateway.existing ? [] : [gateway.namespace])];
  return Object.fromEntries(
    namespaces.map((namespace) => {
      const { version, revision } = planeOf(mesh, namespace);
      return [namespace, `${revisionName(revision)}${mesh.existing ? "" : ` (Istio ${version})`}`];
    }),
  );
}

/** What a diff looks at of a stack's config. */
export function sideOf(source: Source): DiffSide {
  const { name, config } = source;
  const { laneGroups, workloads, allow, security, mesh, gateway, gateways } = config;
  const refusedBy: RefusedBy[] = [
    ...(security.authorization ? ["authorization" as const] : []),
    ...(security.networkPolicies ? ["network" as const] : []),
  ];
  const pods = gatewayPods(gateway);
  const secured = new Set(workloads.map(({ namespace }) => namespace));
  const calls = allowedCalls({
    ...{ laneGroups, workloads, allow },
    gateway: { ...pods, account: anyAccount },
  });
  const secrets = ciphersOf(source);
  return {
    name,
    groups: laneGroups,
    settings: settingsOf(config),
    ...(secrets && { secrets }),
    workloads: workloads.map((workload) => ({ ...workload, pods: podsOf(workload) })),
    ...(mesh.kind === "istio" && { planes: planesOf(mesh, config) }),
    ...(mesh.kind === "istio" &&
      !gateway.existing && {
        gatewayDrain: { namespace: gateway.namespace, seconds: gateway.drainSeconds ?? gatewayDrainSeconds },
      }),
    calls: refusedBy.length > 0 ? calls.filter(({ to }) => secured.has(to.namespace)) : undefined,
    refusedBy,
    render: (group, part) => (mesh.kind === "asm" ? renderAsm(group) : renderIstio(group, { gateway: pods }, part)),
    gatewayUrl: (wanted) => {
      const ports = [gateway, ...gateways].find((each) => gatewayName(each) === wanted)?.ports ?? [];
      const plain = ports.some((port) => port.protocol === "HTTP" && !port.redirect);
      return ports.length === 0 || plain ? "http://GATEWAY" : "https://GATEWAY";
    },
  };
}
