import { renderAsm } from "../../components/lanes/asm/render";
import type { DiffSide, RefusedBy } from "../../components/lanes/diff/sides";
import { renderIstio } from "../../components/lanes/istio/render";
import { planeOf, revisionName } from "../../components/mesh/control-planes";
import { proxyDrainSeconds } from "../../components/mesh/proxy-drain";
import { allowedCalls, anyAccount } from "../../components/security/calls";
import { gatewayName, gatewayPods } from "../../config/gateway/gateway";
import { orderSide } from "../../config/order/unsafe";
import { workloadNamespaces } from "../../config/ownership/namespaces";
import type { IstioMeshConfig, StackConfig } from "../../config/stack";
import { ciphersOf, settingsOf } from "./settings";
import type { Source } from "./source";

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
    ...orderSide(config),
    settings: settingsOf(config),
    ...(secrets && { secrets }),
    ...(mesh.kind === "istio" && { planes: planesOf(mesh, config) }),
    ...(mesh.kind === "istio" &&
      !gateway.existing && {
        gatewayDrain: { namespace: gateway.namespace, seconds: gateway.drainSeconds ?? proxyDrainSeconds },
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
