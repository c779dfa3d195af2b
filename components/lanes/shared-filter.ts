import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { sharedLabel } from "../live/object";
import type { IstioObject } from "./object";

/*
 * The EnvoyFilters of `istio/proxy-filters.ts` as resources: one object for all lane groups. Whoever makes namespaces or
 * gateways makes them there, before the first pod and the first group; then groups come and go without a change of any
 * listener. A lane group in a program that does neither makes them itself.
 */

/** Provider (or stack, where it is the default one) -> `namespace/name` -> resource, within this program. */
const made = new WeakMap<object, Map<string, pulumi.Resource>>();
const noStack = {};

/** Makes the object as one of the caller's own. Lane groups made later in this program with the same provider use it. */
export function createSharedFilter(
  name: string,
  object: IstioObject,
  opts: pulumi.CustomResourceOptions,
): CustomResource {
  const { apiVersion, kind, metadata, spec } = object;
  const labels = { ...metadata.labels, [sharedLabel]: "true" };
  const args = { apiVersion, kind, metadata: { ...metadata, labels }, spec };
  const resource = new CustomResource(name, args, opts);
  register(opts.provider, object, resource);
  return resource;
}

/**
 * The object as a lane group needs it: that of this program, else one that stays when the group goes, since other groups
 * of this or another program may use it, and since taking it away would close sockets. Its name tells its content, so a
 * second program that makes it makes the same.
 *
 * @param alone name of a group that does not see what else its program makes, as in a component provider: it makes the object
 *   under a name of its own, since two resources of a program cannot have one.
 */
export function useSharedFilter(
  object: IstioObject,
  parent: pulumi.ComponentResource,
  alone: string | undefined,
): pulumi.Resource {
  const provider = parent.getProvider(providerMember);
  const known = registry(provider).get(keyOf(object));
  if (known) return known;
  const { kind, metadata } = object;
  const name = [...(alone === undefined ? [] : [alone]), kind, metadata.namespace, metadata.name].join("/");
  return createSharedFilter(name, object, { parent, retainOnDelete: true, ...(provider && { provider }) });
}

/** Any member of the package tells Pulumi which package's provider is asked for. */
const providerMember = "kubernetes:apiextensions.k8s.io:CustomResource";

function register(provider: pulumi.ProviderResource | undefined, object: IstioObject, resource: pulumi.Resource): void {
  registry(provider).set(keyOf(object), resource);
}

function registry(provider: pulumi.ProviderResource | undefined): Map<string, pulumi.Resource> {
  const key = provider ?? pulumi.runtime.getStackResource() ?? noStack;
  const found = made.get(key) ?? new Map<string, pulumi.Resource>();
  made.set(key, found);
  return found;
}

function keyOf({ metadata }: IstioObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
