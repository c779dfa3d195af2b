"""Istio of the official charts."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

mesh = mesh_lanes.IstioMesh(
    "mesh",
    version="1.31.0",
    revision="blue",
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

pulumi.export("injectionLabel", mesh.injection_label)
