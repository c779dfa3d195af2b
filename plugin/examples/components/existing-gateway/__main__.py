"""More listeners for the pods of an existing gateway."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

gateway = mesh_lanes.ExistingGateway(
    "gateway",
    gateway_name="public",
    namespace="istio-system",
    address="203.0.113.7",
    ports=[mesh_lanes.GatewayPortArgs(name="http", port=80, protocol="HTTP", hosts=["*"])],
    pods=mesh_lanes.GatewayPodsArgs(namespace="istio-system", labels={"istio": "public"}),
    further=[
        mesh_lanes.GatewayListenersArgs(
            name="shop",
            namespace="shop",
            ports=[
                mesh_lanes.GatewayPortArgs(
                    name="http",
                    port=80,
                    protocol="HTTP",
                    hosts=["shop.example.com"],
                ),
            ],
        ),
    ],
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

pulumi.export("urls", gateway.urls)
