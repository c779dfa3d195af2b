"""A collector that writes what it gets to its log."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

operator = mesh_lanes.OpenTelemetryOperator(
    "operator",
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

collector = mesh_lanes.Collector(
    "collector",
    collector_name="lanes",
    namespace="opentelemetry-operator-system",
    config={
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": "0.0.0.0:4318"}}}},
        "exporters": {"debug": {}},
        "service": {"pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["debug"]}}},
    },
    opts=pulumi.ResourceOptions(providers=[cluster], depends_on=[operator]),
)
