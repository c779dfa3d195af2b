// A collector that writes what it gets to its log.
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
		operator, err := meshlanes.NewOpenTelemetryOperator(ctx, "operator", &meshlanes.OpenTelemetryOperatorArgs{}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		_, err = meshlanes.NewCollector(ctx, "collector", &meshlanes.CollectorArgs{
			CollectorName: "lanes",
			Namespace:     "opentelemetry-operator-system",
			Config: pulumi.Map{
				"receivers": pulumi.Map{"otlp": pulumi.Map{"protocols": pulumi.Map{"http": pulumi.Map{"endpoint": pulumi.String("0.0.0.0:4318")}}}},
				"exporters": pulumi.Map{"debug": pulumi.Map{}},
				"service": pulumi.Map{
					"pipelines": pulumi.Map{
						"traces": pulumi.Map{
							"receivers": pulumi.Array{pulumi.String("otlp")},
							"exporters": pulumi.Array{pulumi.String("debug")},
						},
					},
				},
			},
		}, pulumi.Providers(cluster), pulumi.DependsOn([]pulumi.Resource{operator}))
		if err != nil {
			return err
		}
		return nil
	})
}
