import { renderAsm } from "../../components/lanes/asm/render";
import type { DiffSide } from "../../components/lanes/diff/sides";
import { renderIstio } from "../../components/lanes/istio/render";
import { allowedCalls, anyAccount } from "../../components/security/calls";
import { deploymentSpec, labelsOfPods } from "../../components/workloads/deployment-spec";
import { versionsOf } from "../../components/workloads/versions";
import { gatewayName, gatewayPods } from "../../config/gateway/gateway";
import type { WorkloadConfig } from "../../config/stack";
import { workloadArgs } from "../../config/workloads/args";
import { ciphersOf, settingsOf } from "./settings";
import type { Source } from "./source";

/** What the pods of each version run, without secrets. */
function podsOf(workload: WorkloadConfig) {
  const args = workloadArgs(workload);
  const usual = args.image ?? `the app ${workload.app}`;
  return Object.fromEntries(
    versionsOf(args).map(([version, own]) => {
      const { template } = deploymentSpec({ ...args, image: "" }, version, { ...own, image: "" });
      const labels = labelsOfPods(args, version, own);
      return [version, { image: String(own.image ?? usual), others: JSON.stringify(template), labels }];
    }),
  );
}

/** What a diff looks at of a stack's config. */
export function sideOf(source: Source): DiffSide {
  const { name, config } = source;
  const { laneGroups, workloads, allow, security, mesh, gateway, gateways } = config;
  const enforced = security.authorization || security.networkPolicies;
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
    calls: enforced ? calls.filter(({ to }) => secured.has(to.namespace)) : undefined,
    render: (group, only) => (mesh.kind === "asm" ? renderAsm(group) : renderIstio(group, { gateway: pods }, only)),
    gatewayUrl: (wanted) => {
      const ports = [gateway, ...gateways].find((each) => gatewayName(each) === wanted)?.ports ?? [];
      const plain = ports.some((port) => port.protocol === "HTTP" && !port.redirect);
      return ports.length === 0 || plain ? "http://GATEWAY" : "https://GATEWAY";
    },
  };
}
