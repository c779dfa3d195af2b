// The label of namespaces whose pods get sidecars of an existing Istio.
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
		mesh, err := meshlanes.NewExistingIstioMesh(ctx, "mesh", &meshlanes.ExistingIstioMeshArgs{Revision: pulumi.StringRef("blue")}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		ctx.Export("injectionLabel", mesh.InjectionLabel)
		return nil
	})
}
