/** A file of a module that the provider is built from, and what becomes of its text. */
export interface ModulePatch {
  readonly module: string;
  readonly file: string;
  /** @throws Error when the text is not of the form that the pinned version has. */
  readonly rewrite: (source: string) => string;
}

/** Module and file of the generated code that `untypedResources` rewrites. */
export const generatedKinds = {
  module: "github.com/pulumi/pulumi-kubernetes/sdk/v4",
  file: "go/kubernetes/yaml/v2/kinds.go",
} as const;

/**
 * Rewrites the generated Go function of Pulumi's Kubernetes SDK that registers one object of a YAML file or Helm v4 chart.
 * It declares the result of each kind with a Go type of its own, and so pulls the SDK of all API groups into the provider,
 * two fifths of everything the tool chain compiles. The provider only passes the result on as a resource, so the type of
 * custom resources serves for all of them. The calls to the engine, with their type tokens, stay as they are.
 *
 * @param source text of `generatedKinds.file`.
 * @returns the same text with one result type and without the imports that nothing uses any more.
 * @throws Error when the text is not of the form that the pinned version has.
 */
export function untypedResources(source: string): string {
  const begin = source.indexOf("\nfunc RegisterResource(");
  if (begin < 0 || !source.includes("var res apiextensions.CustomResource")) {
    throw new Error(`${generatedKinds.file} of ${generatedKinds.module} is not what its pinned version holds`);
  }
  const untyped = source.slice(begin).replaceAll(/\bvar res \w+\.\w+$/gm, "var res apiextensions.CustomResource");
  const text = source.slice(0, begin) + untyped;
  return text.replaceAll(/^\t(\w+) "[^"]+"\n/gm, (line, alias: string) =>
    new RegExp(`\\b${alias}\\.`).test(text) ? line : "",
  );
}

/** Module and file that `withoutOldAutoscalers` rewrites. */
export const objectNormalizer = { module: "github.com/fluxcd/pkg/ssa", file: "normalize/normalize.go" } as const;

/**
 * Takes the case of autoscaling/v2beta2 out of the Go function that works around an error of Kubernetes before 1.27. Version
 * 1.36 no longer has that API, and newer versions of the module have other types than the provider passes to them.
 *
 * @param source text of `objectNormalizer.file`.
 * @throws Error when the text is not of the form that the pinned version has.
 */
export function withoutOldAutoscalers(source: string): string {
  const text = source
    .replace('\thpav2beta2 "k8s.io/api/autoscaling/v2beta2"\n', "")
    .replace(/\t\tcase \*hpav2beta2\.HorizontalPodAutoscaler:\n(?:\t\t\t.*\n)+/, "");
  if (text.includes("v2beta2") || text === source) {
    throw new Error(`${objectNormalizer.file} of ${objectNormalizer.module} is not what its pinned version holds`);
  }
  return text;
}

/** Files of Go's module cache cannot be overlaid, so each of these modules is taken from a copy. */
export const providerPatches: readonly ModulePatch[] = [
  { ...generatedKinds, rewrite: untypedResources },
  { ...objectNormalizer, rewrite: withoutOldAutoscalers },
];
