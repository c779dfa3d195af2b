// Lanes from a Pulumi program in Go.
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
		shop, err := meshlanes.NewLanes(ctx, "shop", &meshlanes.LanesArgs{
			Kubeconfig:  kubeconfig,
			Mode:        "permissive",
			Namespace:   pulumi.StringRef("shop"),
			Baseline:    pulumi.StringRef("v1"),
			RouteHeader: pulumi.StringRef("version"),
			Services: []meshlanes.LaneServiceArgsArgs{
				{Name: "mocka", Port: 8000, Versions: []string{"v1", "v2"}},
				{Name: "mockb", Port: 8000, Versions: []string{"v1"}},
				{Name: "mockc", Port: 8000, Versions: []string{"v1", "v2"}},
			},
			Entry: meshlanes.LaneEntryArgsArgs{
				Service: "mocka",
				Gateway: "istio-system/ingressgateway",
				Hosts:   []string{"shop.example.com"},
			},
			Lanes: []meshlanes.LaneArgsArgs{
				{Name: "v1", Weight: pulumi.Float64Ref(90)},
				{Name: "v2", Weight: pulumi.Float64Ref(10)},
				{Name: "beta", Version: pulumi.StringRef("v2"), Match: &meshlanes.LaneMatchArgsArgs{
					Headers: map[string]meshlanes.TextMatchArgsArgs{"x-beta": {Exact: pulumi.StringRef("yes")}},
				}},
			},
		}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		ctx.Export("lanes", shop.Table)
		return nil
	})
}
