import { entryServices } from "../lanes/entries/parts";
import { serviceOfUrl } from "../lanes/hosts";
import { servicePodLabels } from "../lanes/object";
import { calledServices } from "../lanes/plan";
import { declaredPorts } from "../lanes/ports";
import type { LaneGroup, LaneService } from "../lanes/spec";

/** Pods that send requests, as the mesh and the network know them. */
export interface Caller {
  /** Namespace of the pods. */
  readonly namespace: string;
  /** Their service account: what their certificate says. */
  readonly account: string;
  /** Labels of the pods. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Stands for every account of a namespace; in a principal it means the same. */
export const anyAccount = "*";

/** A service that takes requests. */
export interface Callee {
  /** Namespace of the service. */
  readonly namespace: string;
  /** Name of the Service and of its account. */
  readonly service: string;
  /** Labels of its pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** Port of the pods; undefined where the service is not run by this program. @default every port */
  readonly port?: number;
  /** Further ports of the pods that may be called. @default none */
  readonly ports?: readonly number[];
}

export interface AllowedCall {
  /** Whose pods call. */
  readonly from: Caller;
  /** The service that they call. */
  readonly to: Callee;
}

/** A workload, as far as calls depend on it. Its account and the label `app` of its pods are its name. */
export interface CallingWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly targetPort: number;
  /** Further ports. @default none */
  readonly ports?: readonly { readonly port: number; readonly targetPort: number }[];
  /** URL that it calls. */
  readonly calls?: string;
}

/** A call that follows from no lane group and no workload. */
export interface CallRule {
  /** `namespace/account` of the caller. The pods have the account's name as their label `app`. */
  readonly from: string;
  /** `namespace/service` */
  readonly to: string;
}

export interface CallSources {
  readonly laneGroups: readonly LaneGroup[];
  readonly workloads: readonly CallingWorkload[];
  readonly allow: readonly CallRule[];
  /** The gateway's pods; they call the entry services of every group. */
  readonly gateway: Caller;
}

/**
 * Who may call whom, each pair once and sorted: the calls of lane groups, the gateway's calls of entry services, what the
 * workloads call, and what is allowed besides. Lanes and versions have no part in it: a promotion changes none of it.
 */
export function allowedCalls({ laneGroups, workloads, allow, gateway }: CallSources): AllowedCall[] {
  const services = laneGroups.flatMap((group) => group.services);
  const inLanes = (namespace: string, name: string) =>
    services.find((each) => each.namespace === namespace && each.name === name);
  /** A service of a lane group is called on the ports that the group declares, another one on all that it has. */
  const declared = (namespace: string, name: string): number[] | undefined => {
    const service = inLanes(namespace, name);
    return service && declaredPorts(service).map(({ port }) => port);
  };
  const labelsOf = (namespace: string, name: string) => servicePodLabels(inLanes(namespace, name) ?? { name });
  const caller = (namespace: string, account: string): Caller => ({
    ...{ namespace, account },
    labels: labelsOf(namespace, account),
  });
  const callee = (namespace: string, service: string): Callee => {
    const workload = workloads.find((each) => each.namespace === namespace && each.name === service);
    const labels = labelsOf(namespace, service);
    if (!workload) return { namespace, service, labels };
    const further = (workload.ports ?? []).filter(({ port }) => declared(namespace, service)?.includes(port) ?? true);
    const ports = [...new Set(further.map(({ targetPort }) => targetPort))].filter(
      (port) => port !== workload.targetPort,
    );
    const main = { namespace, service, labels, port: workload.targetPort };
    return { ...main, ...(ports.length > 0 && { ports }) };
  };
  const calls: AllowedCall[] = [
    ...laneGroups.flatMap((group) => {
      const to = ({ namespace, name }: LaneService) => callee(namespace, name);
      return [
        ...entryServices(group).map((service) => ({ from: gateway, to: to(service) })),
        ...group.services.flatMap(({ name, namespace }) =>
          calledServices(group, name).map((called) => ({ from: caller(namespace, name), to: to(called) })),
        ),
      ];
    }),
    ...workloads.flatMap((workload): AllowedCall[] => {
      const target = calledService(workload, workloads, laneGroups[0]?.clusterDomain);
      return target ? [{ from: caller(workload.namespace, workload.name), to: callee(...target) }] : [];
    }),
    ...allow.map(({ from, to }) => ({ from: caller(...splitName(from)), to: callee(...splitName(to)) })),
  ];
  const byName = new Map(calls.map((call) => [callName(call), call]));
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call);
}

/**
 * Names a call: the called service first, so that its callers stand together. No part can hold a dot, so two calls never
 * share a name.
 */
export function callName({ from, to }: AllowedCall): string {
  return `${to.namespace}.${to.service}.from.${from.namespace}.${accountName(from)}`;
}

/** An account in the name of an object. */
export function accountName({ account }: Caller): string {
  return account === anyAccount ? "any" : account;
}

/** `namespace/name`, checked by the config. */
function splitName(text: string): [namespace: string, name: string] {
  const [namespace = "", name = ""] = text.split("/");
  return [namespace, name];
}

/** The workload that the URL names; one outside the program is not for its policies to allow. */
function calledService(
  { calls, namespace }: CallingWorkload,
  workloads: readonly CallingWorkload[],
  // A cluster has one domain; the groups name it.
  clusterDomain?: string,
): [namespace: string, name: string] | undefined {
  const called = serviceOfUrl(calls, namespace, clusterDomain);
  const isOurs = workloads.some((each) => each.name === called?.name && each.namespace === called.namespace);
  return called && isOurs ? [called.namespace, called.name] : undefined;
}
