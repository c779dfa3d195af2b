"""The gateway may call cart in the namespace shop, and nobody else may call anything there."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

security = mesh_lanes.LaneSecurity(
    "security",
    namespaces=["shop"],
    gateway=mesh_lanes.CallerArgs(
        namespace="istio-system",
        account="istio-public",
        labels={"istio": "public"},
    ),
    calls=[
        mesh_lanes.AllowedCallArgs(
            from_=mesh_lanes.CallerArgs(
                namespace="istio-system",
                account="istio-public",
                labels={"istio": "public"},
            ),
            to=mesh_lanes.CalleeArgs(
                namespace="shop",
                service="cart",
                labels={"app": "cart"},
                port=8000,
            ),
        ),
    ],
    opts=pulumi.ResourceOptions(providers=[cluster]),
)
