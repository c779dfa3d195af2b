import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../child-options";
import { type InstrumentationSpec, injectionAnnotations, type Language } from "./instrumentation-spec";

export interface InstrumentationArgs {
  /** Name of the custom resource in every namespace. */
  readonly instrumentationName: string;
  /** Namespaces whose pods may ask for it. */
  readonly namespaces: readonly string[];
  /** What its pods get; `instrumentationSpec` makes it. */
  readonly spec: InstrumentationSpec;
}

/**
 * One Instrumentation for each namespace: how pods there are instrumented that ask for it. `opts.dependsOn`: the operator
 * and the namespaces.
 */
export class Instrumentation extends pulumi.ComponentResource {
  private readonly custom: ReadonlyMap<string, CustomResource>;

  public constructor(
    name: string,
    private readonly args: InstrumentationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mesh-lanes:index:Instrumentation", name, {}, opts);
    const child = childOptions(this, name, "kubernetes", opts);
    this.custom = new Map(
      args.namespaces.map((namespace) => [
        namespace,
        new CustomResource(
          `${name}-${namespace}`,
          {
            apiVersion: "opentelemetry.io/v1alpha1",
            kind: "Instrumentation",
            metadata: { name: args.instrumentationName, namespace },
            spec: args.spec,
          },
          child,
        ),
      ]),
    );
    this.registerOutputs({});
  }

  /** What pods of a namespace need to be instrumented: annotations, and what must be there before them. */
  public inject(
    namespace: string,
    language: Language,
    container: string,
  ): { readonly annotations: Record<string, string>; readonly dependsOn: readonly pulumi.Resource[] } {
    const custom = this.custom.get(namespace);
    const { instrumentationName, spec } = this.args;
    return {
      annotations: injectionAnnotations(language, instrumentationName, container, spec),
      dependsOn: custom ? [custom] : [],
    };
  }
}
