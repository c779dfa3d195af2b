// Istio, and an ingress gateway of two to six pods.
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
		mesh, err := meshlanes.NewIstioMesh(ctx, "mesh", &meshlanes.IstioMeshArgs{Version: pulumi.String("1.31.0")}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		gateway, err := meshlanes.NewIngressGateway(ctx, "gateway", &meshlanes.IngressGatewayArgs{
			Version:     pulumi.String("1.31.0"),
			GatewayName: "public",
			Namespace:   "istio-system",
			Ports: []meshlanes.GatewayPortArgs{
				meshlanes.GatewayPortArgs{
					Name:     "http",
					Port:     80,
					Protocol: "HTTP",
					Hosts:    []pulumi.StringInput{pulumi.String("shop.example.com")},
				},
			},
			Deployment: &meshlanes.GatewayDeploymentArgs{
				Replicas: meshlanes.GatewayAutoscalingArgs{
					Min: 2,
					Max: 6,
				},
				MinAvailable: pulumi.Float64Ref(1),
				DrainSeconds: pulumi.Float64Ref(45),
			},
		}, pulumi.Providers(cluster), pulumi.DependsOn([]pulumi.Resource{mesh}))
		if err != nil {
			return err
		}
		ctx.Export("url", gateway.Url)
		return nil
	})
}
