// Two TLS secrets: a self-signed certificate, and one of cert-manager.
package main

import (
	meshlanes "example.com/pulumi-mesh-lanes/sdk/go/meshlanes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		kubeconfig := config.RequireSecret(ctx, "kubeconfig")
		cluster, err := kubernetes.NewProvider(ctx, "cluster", &kubernetes.ProviderArgs{Kubeconfig: kubeconfig})
		if err != nil {
			return err
		}
		tls, err := meshlanes.NewGatewayTls(ctx, "tls", &meshlanes.GatewayTlsArgs{
			Namespace: "istio-system",
			Secrets: []meshlanes.TlsSecretArgs{
				meshlanes.TlsSecretArgs{
					Secret: "shop-credential",
					Hosts:  []pulumi.StringInput{pulumi.String("shop.example.com")},
					Source: meshlanes.TlsSourceSelfSignedArgs{
						Kind: "selfSigned",
						Days: 90,
					},
				},
				meshlanes.TlsSecretArgs{
					Secret: "api-credential",
					Hosts:  []pulumi.StringInput{pulumi.String("api.example.com")},
					Source: meshlanes.TlsSourceCertManagerArgs{
						Kind: "certManager",
						Issuer: meshlanes.CertificateIssuerArgs{
							Name: "letsencrypt",
							Kind: "ClusterIssuer",
						},
					},
				},
			},
		}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		ctx.Export("authorities", tls.Authorities)
		return nil
	})
}
