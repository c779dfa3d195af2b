const isProxy = '{{if eq .name "istio-proxy"}}{{$proxy = true}}{{end}}';

/**
 * An output format of kubectl with a line for each pod: of a large cluster the whole objects are many megabytes.
 *
 * @param where a condition. `$pod` is the metadata, `$ready` whether the pod is ready, `$proxy` whether it has a proxy of Istio.
 * @param line what is printed of each pod.
 */
export function podLines(where: string, line: string): string {
  return [
    "go-template={{range .items}}{{$pod := .metadata}}{{$proxy := false}}{{$ready := false}}",
    `{{range .spec.containers}}${isProxy}{{end}}`,
    // Native sidecars.
    `{{range .spec.initContainers}}${isProxy}{{end}}`,
    '{{range .status.conditions}}{{if and (eq .type "Ready") (eq .status "True")}}{{$ready = true}}{{end}}{{end}}',
    `{{if ${where}}}${line}{{"\\n"}}{{end}}{{end}}`,
  ].join("");
}
