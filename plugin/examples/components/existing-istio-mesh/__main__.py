"""The label of namespaces whose pods get sidecars of an existing Istio."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

mesh = mesh_lanes.ExistingIstioMesh(
    "mesh",
    revision="blue",
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

pulumi.export("injectionLabel", mesh.injection_label)
