import type * as pulumi from "@pulumi/pulumi";
import { onApi } from "../components/cluster/disposable";
import { observe } from "../components/live/watch";
import type { ComponentSchemas } from "../tools/api/package-schema";
import { UserError } from "../tools/user-error";

/**
 * What components of other languages have beside the arguments of TypeScript: a program there has no `onCluster` that says how
 * to look at the cluster before something is written to it.
 */
export const kubeconfigArgument = "kubeconfig";

const description =
  "Kubeconfig of the provider, as text. With it the cluster is looked at first: what somebody else made under the name of an object of this component is refused and not overwritten, and what was changed by hand is written again; it needs kubectl on PATH. Default: none, and nobody looks.";

/** The schema's components, each of which takes a kubeconfig. */
export function withKubeconfig(resources: ComponentSchemas["resources"]): ComponentSchemas["resources"] {
  return Object.fromEntries(
    Object.entries(resources).map(([token, resource]) => {
      const own = resource.inputProperties[kubeconfigArgument];
      const added = own ?? { type: "string", description };
      return [token, { ...resource, inputProperties: { ...resource.inputProperties, [kubeconfigArgument]: added } }];
    }),
  );
}

/**
 * Options with which a component looks at its cluster first.
 *
 * @throws UserError without a provider that the kubeconfig could be of.
 */
export function lookingFirst(
  name: string,
  { providers }: pulumi.ComponentResourceOptions,
  kubeconfig: pulumi.Input<string>,
): pulumi.ComponentResourceOptions {
  // The engine names them by package.
  const provider = Array.isArray(providers) ? undefined : providers?.kubernetes;
  if (!provider) {
    throw new UserError("A component has a kubeconfig without a provider.", [
      {
        path: `${name}.kubeconfig`,
        got: "got no provider of Kubernetes in the options",
        expected: "the kubeconfig of the provider",
        fix: "Name the provider in the component's options: providers.",
      },
    ]);
  }
  observe(provider, kubeconfig);
  return { transformations: onApi({ disposable: false }, provider).transformations };
}
