"""Two TLS secrets: a self-signed certificate, and one of cert-manager."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)

tls = mesh_lanes.GatewayTls(
    "tls",
    namespace="istio-system",
    secrets=[
        mesh_lanes.TlsSecretArgs(
            secret="shop-credential",
            hosts=["shop.example.com"],
            source=mesh_lanes.TlsSourceSelfSignedArgs(kind="selfSigned", days=90),
        ),
        mesh_lanes.TlsSecretArgs(
            secret="api-credential",
            hosts=["api.example.com"],
            source=mesh_lanes.TlsSourceCertManagerArgs(
                kind="certManager",
                issuer=mesh_lanes.CertificateIssuerArgs(name="letsencrypt", kind="ClusterIssuer"),
            ),
        ),
    ],
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

pulumi.export("authorities", tls.authorities)
