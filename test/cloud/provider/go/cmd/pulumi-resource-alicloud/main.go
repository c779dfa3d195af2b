// Command pulumi-resource-alicloud serves Pulumi the resources of terraform-provider-alicloud that this project's stacks use, by
// Pulumi's own bridge, as the published provider does. The packages below alicloud/ are put there by shake.
package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"log"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"mesh-lanes.test/alicloud-provider/alicloud"
)

// Version of the published provider whose place this one takes.
var version = "0.0.0"

// Type of Terraform -> token of Pulumi, for resources and for data sources.
//
//go:embed tokens.json
var table []byte

func main() {
	var tokenOf struct {
		Resources, DataSources map[string]string
	}
	if err := json.Unmarshal(table, &tokenOf); err != nil {
		log.Fatal(err)
	}
	one := true
	info := tfbridge.ProviderInfo{
		P:              shim.NewProvider(alicloud.Provider().(*schema.Provider)),
		Name:           "alicloud",
		ResourcePrefix: "alicloud",
		GitHubOrg:      "aliyun",
		Version:        version,
		Resources:      map[string]*tfbridge.ResourceInfo{},
		DataSources:    map[string]*tfbridge.DataSourceInfo{},
	}
	for name, token := range tokenOf.Resources {
		info.Resources[name] = &tfbridge.ResourceInfo{Tok: tokens.Type(token)}
	}
	for name, token := range tokenOf.DataSources {
		info.DataSources[name] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token)}
	}
	// Where the published package has another name than the bridge makes.
	mesh := info.Resources["alicloud_service_mesh_service_mesh"]
	mesh.Fields = map[string]*tfbridge.SchemaInfo{
		"network": {Elem: &tfbridge.SchemaInfo{Fields: map[string]*tfbridge.SchemaInfo{
			"vswitche_list": {Name: "vswitcheList", MaxItemsOne: &one},
		}}},
	}
	tfbridge.Main("alicloud", version, info, []byte(described(tokenOf.Resources, tokenOf.DataSources)))
}

// The answer to GetSchema: which tokens there are. What they take is in the types of the installed package.
func described(resources, functions map[string]string) string {
	list := func(tokens map[string]string) string {
		var entries []string
		for _, token := range tokens {
			entries = append(entries, fmt.Sprintf("%q: {}", token))
		}
		return "{" + strings.Join(entries, ", ") + "}"
	}
	return fmt.Sprintf(`{"name": "alicloud", "version": %q, "resources": %s, "functions": %s}`,
		version, list(resources), list(functions))
}
