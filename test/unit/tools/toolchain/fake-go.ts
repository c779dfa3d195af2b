import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generatedKinds, objectNormalizer } from "../../../../tools/toolchain/provider-patches";

/** The form of the generated file of Pulumi's SDK, with one kind of an API group. */
export const generated = `package v2

import (
\t"fmt"

\t"example.org/apiextensions"
\tappsv1 "example.org/apps/v1"
\tcorev1 "example.org/core/v1"
\t"example.org/pulumi"
)

func IsListKind(kind string) bool { return kind == fmt.Sprint(corev1.List) }

func RegisterResource(ctx *pulumi.Context, kind string) {
\tswitch kind {
\tcase "apps/v1/Deployment":
\t\tvar res appsv1.Deployment
\t\treturn ctx.RegisterResource("kubernetes:apps/v1:Deployment", &res)
\tdefault:
\t\tvar res apiextensions.CustomResource
\t\treturn ctx.RegisterResource(kind, &res)
\t}
}
`;

/** The form of the file of a module of the provider that handles an API which is gone. */
export const normalizer = `package normalize

import (
\thpav2 "k8s.io/api/autoscaling/v2"
\thpav2beta2 "k8s.io/api/autoscaling/v2beta2"
)

func normalize(object any) {
\tif object != nil {
\t\tswitch o := object.(type) {
\t\tcase *hpav2beta2.HorizontalPodAutoscaler:
\t\t\tvar metrics []hpav2beta2.MetricSpec
\t\t\to.Spec.Metrics = metrics
\t\tcase *hpav2.HorizontalPodAutoscaler:
\t\t\to.Spec.Metrics = nil
\t\t}
\t}
}
`;

/** A go that knows the four subcommands the builder uses; what it builds says so. */
export const fakeGo = (modules: string, version = "1.26.8") => `
case "$1" in
  version) echo "go version go${version} linux/amd64";;
  env) echo "${modules}"; echo "${modules}";;
  mod) echo "{\\"Dir\\": \\"${modules}/$4\\"}";;
  list) echo "go: downloading example.org/a v1.0.0" >&2; echo a; echo b;;
  build)
    echo a >&2
    for argument in "$@"; do case "$argument" in */bin/) out="$argument";; esac; last="$argument"; done
    [ -f ${modules}/broken ] && { echo "a.go:1: does not compile" >&2; exit 1; }
    for argument in "$@"; do case "$argument" in
      tool) case "$PWD" in
        */istio-1.29) for name in pilot-agent pilot-discovery; do echo built > "$out/$name"; done;;
        */otel-operator) echo built > "$out/opentelemetry-operator";;
        *) echo built > "$out/pulumi-language-nodejs";;
      esac;;
      ./cmd/*|*/cmd/*|*/server/v3) name="\${argument##*/}"; [ "$name" = v3 ] && name=server; echo built > "$out/$name";;
    esac; done;;
esac`;

/** The module folders that the fake go tells of. @returns the folder they are in. */
export async function fakeModules(modules: string): Promise<string> {
  const provider = "github.com/pulumi/pulumi-kubernetes/provider/v4/cmd/pulumi-resource-kubernetes";
  const operator = "github.com/open-telemetry/opentelemetry-operator/config";
  const files = {
    [`${generatedKinds.module}/${generatedKinds.file}`]: generated,
    [`${objectNormalizer.module}/${objectNormalizer.file}`]: normalizer,
    [`${provider}/schema.json`]: "{}",
    [`${provider}/terraform-mapping.json`]: "{}",
    "github.com/pulumi/pulumi/sdk/v3/nodejs/dist/pulumi-resource-pulumi-nodejs": "script",
    "github.com/pulumi/pulumi/sdk/v3/nodejs/dist/pulumi-analyzer-policy": "script",
    [`${operator}/rbac/role.yaml`]: "rules: []",
    [`${operator}/webhook/manifests.yaml`]: "webhooks",
    ...Object.fromEntries(
      ["instrumentations", "opampbridges", "opentelemetrycollectors", "targetallocators"].map((plural) => [
        `${operator}/crd/bases/opentelemetry.io_${plural}.yaml`,
        plural,
      ]),
    ),
    "istio.io/istio/manifests/charts/base/Chart.yaml": "name: base",
    "istio.io/istio/manifests/charts/gateway/Chart.yaml": "name: gateway",
    "istio.io/istio/manifests/charts/istio-control/istio-discovery/Chart.yaml": "name: istiod",
    "istio.io/istio/tools/packaging/common/envoy_bootstrap.json": "{}",
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(modules, path, ".."), { recursive: true });
    await writeFile(join(modules, path), text);
  }
  return modules;
}
