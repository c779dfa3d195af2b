"""Lanes from a Pulumi program in Python."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

shop = mesh_lanes.Lanes(
    "shop",
    kubeconfig=kubeconfig,
    mode="permissive",
    namespace="shop",
    baseline="v1",
    route_header="version",
    services=[
        {"name": "mocka", "port": 8000, "versions": ["v1", "v2"]},
        {"name": "mockb", "port": 8000, "versions": ["v1"]},
        {"name": "mockc", "port": 8000, "versions": ["v1", "v2"]},
    ],
    entry={
        "service": "mocka",
        "gateway": "istio-system/ingressgateway",
        "hosts": ["shop.example.com"],
    },
    lanes=[
        {"name": "v1", "weight": 90},
        {"name": "v2", "weight": 10},
        {
            "name": "beta",
            "version": "v2",
            "match": {"headers": {"x-beta": {"exact": "yes"}}},
        },
    ],
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

pulumi.export("lanes", shop.table)
