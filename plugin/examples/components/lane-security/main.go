// The gateway may call cart in the namespace shop, and nobody else may call anything there.
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
		_, err = meshlanes.NewLaneSecurity(ctx, "security", &meshlanes.LaneSecurityArgs{
			Namespaces: []string{"shop"},
			Gateway: meshlanes.CallerArgs{
				Namespace: "istio-system",
				Account:   "istio-public",
				Labels:    map[string]string{"istio": "public"},
			},
			Calls: []meshlanes.AllowedCallArgs{
				meshlanes.AllowedCallArgs{
					From: meshlanes.CallerArgs{
						Namespace: "istio-system",
						Account:   "istio-public",
						Labels:    map[string]string{"istio": "public"},
					},
					To: meshlanes.CalleeArgs{
						Namespace: "shop",
						Service:   "cart",
						Labels:    map[string]string{"app": "cart"},
						Port:      pulumi.Float64Ref(8000),
					},
				},
			},
		}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		return nil
	})
}
