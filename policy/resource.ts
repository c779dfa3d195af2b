import { asRecord } from "../tools/values";

/** What a rule sees of a resource. */
export interface PolicyResource {
  /** @example "kubernetes:networking.istio.io/v1:Gateway" */
  readonly type: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** A rule about each resource by itself: what is wrong and what to do about it, one text for each problem. */
export type ResourceRule = (resource: PolicyResource, stack: { readonly production: boolean }) => string[];

export interface Violation {
  readonly urn: string;
  readonly message: string;
}

/** A rule that must see all resources. */
export type StackRule = (resources: readonly PolicyResource[]) => Violation[];

/** Whether it is a kind of Istio's networking API, in whatever version. */
export function isIstio(resource: PolicyResource, kind: "Gateway" | "VirtualService"): boolean {
  return /^kubernetes:networking\.istio\.io\/[^:]+:(\w+)$/.exec(resource.type)?.[1] === kind;
}

/** `namespace/name` of a Kubernetes object. */
export function objectName({ props }: PolicyResource): string {
  const metadata = asRecord(props.metadata);
  return `${text(metadata.namespace, "default")}/${text(metadata.name, "?")}`;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown, otherwise = ""): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : otherwise;
}
