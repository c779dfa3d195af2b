"""The operator of OpenTelemetry, with one image of one's own registry."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

operator = mesh_lanes.OpenTelemetryOperator(
    "operator",
    version="0.46.0",
    images={
        "manager": mesh_lanes.ImageSourceArgs(
            repository="registry.example.com/opentelemetry-operator",
            tag="0.92.1",
        ),
    },
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

pulumi.export("namespace", operator.namespace)
