// Istio of the official charts.
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
		mesh, err := meshlanes.NewIstioMesh(ctx, "mesh", &meshlanes.IstioMeshArgs{
			Version:  pulumi.String("1.31.0"),
			Revision: pulumi.StringRef("blue"),
		}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		ctx.Export("injectionLabel", mesh.InjectionLabel)
		return nil
	})
}
