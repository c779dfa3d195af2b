import { isPatch, watchedKindOf, watchedKinds } from "../../components/live/kinds";
import { isRecord } from "../../tools/values";
import { secretMark } from "./values";

/*
 * What Pulumi's state says of operations that were under way when an update was interrupted, as plain data:
 * sdk/go/common/apitype/deployments.go
 */

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** `urn::id` */
  readonly provider?: string;
}

export interface PendingOperation {
  /** `creating`, `updating`, `deleting` … */
  readonly type: string;
  readonly resource: StateResource;
}

export interface StateDeployment {
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly PendingOperation[];
}

/** The object that an operation was making, if it is one that can be asked for. */
export function createdObject({
  type,
  resource,
}: PendingOperation): { readonly resource: string; readonly namespace: string; readonly name: string } | undefined {
  const kind = watchedKindOf(resource.type);
  const watched = kind === undefined ? undefined : watchedKinds[kind];
  const metadata = resource.inputs?.metadata;
  if (
    type !== "creating" ||
    !watched ||
    isPatch(resource.type) ||
    !isRecord(metadata) ||
    typeof metadata.name !== "string"
  )
    return undefined;
  const namespace = typeof metadata.namespace === "string" ? metadata.namespace : "";
  return { resource: watched.resource, namespace, name: metadata.name };
}

/** The kubeconfig of the provider that an operation went through. */
export function kubeconfigOf({ resources = [] }: StateDeployment, provider: string | undefined): string | undefined {
  const urn = provider?.slice(0, provider.lastIndexOf("::"));
  const text = plainValue(resources.find((resource) => resource.urn === urn)?.inputs?.kubeconfig);
  return typeof text === "string" ? text : undefined;
}

/** A value of a state that was exported with its secrets, without their marks. */
export function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isRecord(value)) return value;
  if (secretMark in value && typeof value.plaintext === "string") return plainValue(JSON.parse(value.plaintext));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainValue(each)]));
}

/**
 * The state with nothing pending but `unknown`, and with the objects that `noted` made. The engine takes those for made by it: it
 * keeps them if the plan has them, and deletes them if it has not.
 */
export function settled<T extends StateDeployment>(
  deployment: T,
  noted: readonly PendingOperation[],
  unknown: readonly PendingOperation[],
): T {
  const known = new Set(deployment.resources?.map(({ urn }) => urn));
  const added = noted.flatMap((operation): StateResource[] => {
    const object = createdObject(operation);
    const { resource } = operation;
    if (!object || known.has(resource.urn)) return [];
    const id = object.namespace === "" ? object.name : `${object.namespace}/${object.name}`;
    return [{ ...resource, id, outputs: { ...resource.inputs } }];
  });
  return { ...deployment, resources: [...(deployment.resources ?? []), ...added], pending_operations: [...unknown] };
}
