// More listeners for the pods of an existing gateway.
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
		gateway, err := meshlanes.NewExistingGateway(ctx, "gateway", &meshlanes.ExistingGatewayArgs{
			GatewayName: "public",
			Namespace:   "istio-system",
			Address:     pulumi.String("203.0.113.7"),
			Ports: []meshlanes.GatewayPortArgs{
				meshlanes.GatewayPortArgs{
					Name:     "http",
					Port:     80,
					Protocol: "HTTP",
					Hosts:    []pulumi.StringInput{pulumi.String("*")},
				},
			},
			Pods: meshlanes.GatewayPodsArgs{
				Namespace: "istio-system",
				Labels:    map[string]string{"istio": "public"},
			},
			Further: []meshlanes.GatewayListenersArgs{
				meshlanes.GatewayListenersArgs{
					Name:      "shop",
					Namespace: "shop",
					Ports: []meshlanes.GatewayPortArgs{
						meshlanes.GatewayPortArgs{
							Name:     "http",
							Port:     80,
							Protocol: "HTTP",
							Hosts:    []pulumi.StringInput{pulumi.String("shop.example.com")},
						},
					},
				},
			},
		}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		ctx.Export("urls", gateway.Urls)
		return nil
	})
}
