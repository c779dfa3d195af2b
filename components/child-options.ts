import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../tools/user-error";

/** Providers that components take from `opts.provider` or `opts.providers`. */
export type ProviderPackage = "kubernetes" | "alicloud" | "pulumi-nodejs";

const leadsTo: Readonly<Record<ProviderPackage, string>> = {
  kubernetes: "a provider of @pulumi/kubernetes, which says what cluster (or API server of a mesh) the objects go to",
  alicloud: "a provider of @pulumi/alicloud, which says what account and region it is",
  "pulumi-nodejs": "the ProcessProvider of the cluster (`cluster.processes`)",
};

/** What each child of a component is made with. */
export interface ChildOptions extends pulumi.CustomResourceOptions {
  readonly parent: pulumi.Resource;
  readonly provider: pulumi.ProviderResource;
}

/**
 * Options for the children of a component: the component as parent, its provider, and what it depends on.
 *
 * A child waits for `dependsOn` of its component in any case, since it waits for its component. That says nothing about
 * deleting: of a component that stays, Pulumi deletes a child and what the component depended on at the same time. So the
 * children are given `dependsOn` too.
 *
 * @param name of the component, for the message.
 * @throws UserError when the component has no provider of that package: the ambient kubeconfig or account is never used.
 */
export function childOptions(
  component: pulumi.ComponentResource,
  name: string,
  from: ProviderPackage,
  opts: pulumi.ComponentResourceOptions | undefined,
): ChildOptions {
  const provider = providerOf(component, name, from);
  return { parent: component, provider, ...(opts?.dependsOn !== undefined && { dependsOn: opts.dependsOn }) };
}

/** The component's provider of a package: from its own options, or from those of a parent. @throws UserError without one. */
export function providerOf(
  component: pulumi.ComponentResource,
  name: string,
  from: ProviderPackage,
): pulumi.ProviderResource {
  const provider = component.getProvider(`${from}:index:Provider`);
  if (provider) return provider;
  throw new UserError("A component has no provider.", [
    {
      path: name,
      got: `no provider of ${from}, in its options or in those of a parent`,
      expected: leadsTo[from],
      fix: "Pass it in the component's options: { provider }, or { providers: [...] } where it needs several.",
    },
  ]);
}

/** The same options, with more that the child waits for. */
export function after(child: ChildOptions, resources: readonly pulumi.Resource[]): ChildOptions {
  const { parent, provider } = child;
  return { ...pulumi.mergeOptions(child, { dependsOn: [...resources] }), parent, provider };
}
