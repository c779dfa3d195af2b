/** `error`: requests of a lane fail or leave it. `warning`: they do not now, but something is not as planned. */
export type Severity = "error" | "warning" | "note";

/** Every finding by its code. Codes are stable: one that goes is not used again. */
export const findingTitles = {
  ML001: "pods carry another version's label",
  ML002: "a version has no Deployment and no pods",
  ML003: "a version is scaled to zero",
  ML004: "containers crash",
  ML005: "images cannot be pulled",
  ML006: "pods are pending",
  ML007: "pods are not ready",
  ML010: "pods have no sidecar",
  ML011: "the namespace has no injection label",
  ML012: "the namespace does not exist",
  ML020: "the Service is missing",
  ML021: "the Service has not this port",
  ML022: "the port is not HTTP for Istio",
  ML023: "the Service selects no pods",
  ML024: "the Service leaves pods out",
  ML030: "a DestinationRule is missing",
  ML031: "a DestinationRule differs from the plan",
  ML032: "another DestinationRule defines the same subset",
  ML040: "a VirtualService is missing",
  ML041: "a VirtualService differs from the plan",
  ML042: "another VirtualService routes the same host",
  ML043: "the entry's VirtualService is missing",
  ML044: "the entry's VirtualService differs from the plan",
  ML045: "another VirtualService of the gateway is in front",
  ML050: "the Gateway is missing",
  ML051: "the Gateway has no ready pods",
  ML052: "the Gateway does not serve the entry's hosts",
  ML053: "the Gateway's port is not on its Service",
  ML054: "the TLS secret is missing",
  ML055: "the TLS secret is in another namespace",
  ML056: "the TLS secret lacks its keys",
  ML057: "the certificate is out of date",
  ML058: "the certificate does not cover the hosts",
  ML059: "the certificate cannot be used",
  ML060: "an EnvoyFilter is missing",
  ML061: "an EnvoyFilter differs from the plan",
  ML062: "a Sidecar is missing",
  ML063: "a Sidecar differs from the plan",
  ML064: "two Sidecars are for the same pods",
  ML070: "proxies have not acknowledged their config",
  ML071: "proxies reject their config",
  ML072: "proxies are not connected",
  ML073: "the control plane does not answer",
  ML080: "lanes share pods",
  ML090: "objects are left over",
} as const;

export type FindingCode = keyof typeof findingTitles;

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Undefined: it concerns the whole mesh. */
  readonly group?: string;
  /** Lanes that it concerns; none when no request is at stake. */
  readonly lanes: readonly string[];
  readonly service?: string;
  /** What is wrong and what follows from it, in words. */
  readonly cause: string;
  /** The command or the change of config that fixes it. */
  readonly fix: string;
}

const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/** Worst first, then by code. */
export function bySeverity(left: Finding, right: Finding): number {
  return ranks[left.severity] - ranks[right.severity] || left.code.localeCompare(right.code);
}

/** Every update compares what the mesh has with the plan, and writes what differs again. */
export const restorePlan = 'Restore the planned objects: npx lanes up, or eval "$(npx lanes env)" && pulumi up.';

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A few names of many. */
export function someOf(words: readonly string[], most = 3): string {
  const shown = words.slice(0, most);
  return words.length > most ? `${shown.join(", ")} and ${words.length - most} more` : listed(shown);
}
