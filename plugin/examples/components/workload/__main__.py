"""A service of two versions in the namespace shop."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

cart = mesh_lanes.Workload(
    "cart",
    service_name="cart",
    namespace="shop",
    port=8000,
    replicas=mesh_lanes.AutoscalingArgs(min=2, max=6),
    probe=mesh_lanes.ProbeHttpArgs(http="/healthz"),
    env={
        "LOG_LEVEL": "info",
        "PASSWORD": mesh_lanes.EnvValueSecretKeyRefArgs(
            secret_key_ref=mesh_lanes.KeyOfObjectArgs(name="cart", key="password"),
        ),
    },
    pod={
        "spec": {
            "containers": [
                {
                    "name": "app",
                    "resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "1Gi"}},
                },
            ],
        },
    },
    versions={
        "v1": mesh_lanes.WorkloadVersionArgs(image="registry.example.com/cart:1.4.2"),
        "v2": mesh_lanes.WorkloadVersionArgs(image="registry.example.com/cart:1.5.0", replicas=1),
    },
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

pulumi.export("service", cart.service_name)
