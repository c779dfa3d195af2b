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
