// A service of two versions in the namespace shop.
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
		cart, err := meshlanes.NewWorkload(ctx, "cart", &meshlanes.WorkloadArgs{
			ServiceName: "cart",
			Namespace:   "shop",
			Port:        8000,
			Replicas: meshlanes.AutoscalingArgs{
				Min: 2,
				Max: 6,
			},
			Probe: meshlanes.ProbeHttpArgs{Http: "/healthz"},
			Env: map[string]pulumi.Input{
				"LOG_LEVEL": pulumi.String("info"),
				"PASSWORD": meshlanes.EnvValueSecretKeyRefArgs{
					SecretKeyRef: meshlanes.KeyOfObjectArgs{
						Name: "cart",
						Key:  "password",
					},
				},
			},
			Pod: map[string]interface{}{
				"spec": map[string]interface{}{
					"containers": []interface{}{
						map[string]interface{}{
							"name": "app",
							"resources": map[string]interface{}{
								"requests": map[string]interface{}{"cpu": "100m"},
								"limits":   map[string]interface{}{"memory": "1Gi"},
							},
						},
					},
				},
			},
			Versions: map[string]meshlanes.WorkloadVersionArgs{
				"v1": meshlanes.WorkloadVersionArgs{Image: pulumi.String("registry.example.com/cart:1.4.2")},
				"v2": meshlanes.WorkloadVersionArgs{
					Image:    pulumi.String("registry.example.com/cart:1.5.0"),
					Replicas: 1,
				},
			},
		}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		ctx.Export("service", cart.ServiceName)
		return nil
	})
}
