"""Istio, and an ingress gateway of two to six pods."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

mesh = mesh_lanes.IstioMesh(
    "mesh",
    version="1.31.0",
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

gateway = mesh_lanes.IngressGateway(
    "gateway",
    version="1.31.0",
    gateway_name="public",
    namespace="istio-system",
    ports=[
        mesh_lanes.GatewayPortArgs(
            name="http",
            port=80,
            protocol="HTTP",
            hosts=["shop.example.com"],
        ),
    ],
    deployment=mesh_lanes.GatewayDeploymentArgs(
        replicas=mesh_lanes.GatewayAutoscalingArgs(min=2, max=6),
        min_available=1,
        drain_seconds=45,
    ),
    opts=pulumi.ResourceOptions(providers=[cluster], depends_on=[mesh]),
)

pulumi.export("url", gateway.url)
