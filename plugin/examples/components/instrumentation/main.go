// Pods of namespace shop that ask for instrumentation carry baggage on.
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
		_, err = meshlanes.NewInstrumentation(ctx, "instrumentation", &meshlanes.InstrumentationArgs{
			InstrumentationName: "lanes",
			Namespaces:          []string{"shop"},
			Spec: meshlanes.InstrumentationSpecArgs{
				Env: []meshlanes.SpecVariableArgs{
					meshlanes.SpecVariableArgs{
						Name:  "OTEL_METRICS_EXPORTER",
						Value: "none",
					},
				},
				Propagators: []string{"baggage"},
				Sampler: meshlanes.SpecSamplerArgs{
					Type:     "always_off",
					Argument: "1",
				},
			},
		}, pulumi.Providers(cluster), pulumi.DependsOn([]pulumi.Resource{operator}))
		if err != nil {
			return err
		}
		return nil
	})
}
