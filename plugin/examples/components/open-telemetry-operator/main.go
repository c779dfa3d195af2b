// The operator of OpenTelemetry, with one image of one's own registry.
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
		operator, err := meshlanes.NewOpenTelemetryOperator(ctx, "operator", &meshlanes.OpenTelemetryOperatorArgs{
			Version: pulumi.String("0.46.0"),
			Images: map[string]meshlanes.ImageSourceArgs{
				"manager": meshlanes.ImageSourceArgs{
					Repository: pulumi.String("registry.example.com/opentelemetry-operator"),
					Tag:        pulumi.String("0.92.1"),
				},
			},
		}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		ctx.Export("namespace", operator.Namespace)
		return nil
	})
}
