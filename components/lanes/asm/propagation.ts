import { serviceRules } from "../rules";
import { type LaneGroup, namespacesOf } from "../spec";

/**
 * The header that tells a strict caller's version, as ASM's own TrafficLabel has it ("Use lanes for end-to-end canary
 * release"): ASM writes it on each request that leaves a pod, from the pod's label.
 */
export const callerHeader = "asm-label";

/** What gives requests between services the header that their routes match: an object of ASM, for all pods of a namespace. */
export type Propagation =
  /** ASM writes a header on each request that leaves a pod. `from` is a function of ASM ("Label traffic"). */
  | { readonly kind: "TrafficLabel"; readonly header: string; readonly from: string }
  /** Pods carry `baggage` on, and ASM puts this header into it and takes it out again. */
  | { readonly kind: "ASMHeaderPropagation"; readonly header: string };

/** Undefined: no rule asks for the caller, or the apps forward the route header themselves. */
export function propagationOf(group: LaneGroup): Propagation | undefined {
  const { asmWay, mode, routeHeader, traceHeader, versionLabel } = group;
  if (mode === "strict") {
    if (asmWay === "routes" && !hasCallerRules(group)) return undefined;
    return { kind: "TrafficLabel", header: callerHeader, from: `$getLabel(${versionLabel})` };
  }
  if (routeHeader === undefined || traceHeader === undefined || traceHeader === routeHeader) return undefined;
  if (traceHeader === "baggage") return { kind: "ASMHeaderPropagation", header: routeHeader };
  const from = `$getExternalInboundRequestHeader(${traceHeader}, ${routeHeader})`;
  return { kind: "TrafficLabel", header: routeHeader, from };
}

/** Namespaces whose pods it is for. `"all"`: what ASM makes of strict swimlanes is for the whole mesh (document 001). */
export function propagatesIn(group: LaneGroup): readonly string[] | "all" {
  return group.asmWay === "swimlanes" && group.mode === "strict" ? "all" : namespacesOf(group);
}

export function hasCallerRules(group: LaneGroup): boolean {
  return group.services.some((service) => serviceRules(group, service).some((rule) => rule.when?.kind === "source"));
}
