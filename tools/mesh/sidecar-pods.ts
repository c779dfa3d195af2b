const isProxy = '{{if eq .name "istio-proxy"}}{{$proxy = true}}{{end}}';

/**
 * Arguments of kubectl that name the pods of all namespaces in which a proxy should be at work, a line `pod.namespace` for each.
 * A pod that is not ready gets no requests; one that is being deleted may have lost its control plane already.
 */
export const sidecarPodsRequest: readonly string[] = [
  ...["get", "pods", "--all-namespaces", "--field-selector=status.phase=Running", "--output"],
  [
    "go-template={{range .items}}{{$pod := .metadata}}{{$proxy := false}}{{$ready := false}}",
    `{{range .spec.containers}}${isProxy}{{end}}`,
    // Native sidecars.
    `{{range .spec.initContainers}}${isProxy}{{end}}`,
    '{{range .status.conditions}}{{if and (eq .type "Ready") (eq .status "True")}}{{$ready = true}}{{end}}{{end}}',
    "{{if and $proxy $ready (not $pod.deletionTimestamp)}}",
    '{{$pod.name}}.{{$pod.namespace}}{{"\\n"}}{{end}}{{end}}',
  ].join(""),
];
