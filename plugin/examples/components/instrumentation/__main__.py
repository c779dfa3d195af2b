"""Pods of namespace shop that ask for instrumentation carry baggage on."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

operator = mesh_lanes.OpenTelemetryOperator(
    "operator",
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

instrumentation = mesh_lanes.Instrumentation(
    "instrumentation",
    instrumentation_name="lanes",
    namespaces=["shop"],
    spec=mesh_lanes.InstrumentationSpecArgs(
        env=[mesh_lanes.SpecVariableArgs(name="OTEL_METRICS_EXPORTER", value="none")],
        propagators=["baggage"],
        sampler=mesh_lanes.SpecSamplerArgs(type="always_off", argument="1"),
    ),
    opts=pulumi.ResourceOptions(providers=[cluster], depends_on=[operator]),
)
