import * as pulumi from "@pulumi/pulumi";
import { ExistingAsmMesh, LaneGroup, parseLaneGroup } from "mesh-lanes";

// pulumi config set --secret meshKubeconfig < mesh-kubeconfig
const kubeconfig = new pulumi.Config().requireSecret("meshKubeconfig");
const mesh = new ExistingAsmMesh("mesh", { kubeconfig });
const group = parseLaneGroup(
  {
    name: "shop",
    mode: "permissive",
    baseline: "v1",
    routeHeader: "version",
    services: [{ name: "web", port: 80, versions: ["v1", "v2"] }],
    entry: { service: "web", gateway: "istio-system/ingressgateway" },
    lanes: [
      { name: "v1", weight: 90 },
      { name: "v2", weight: 10 },
    ],
  },
  { mesh: "asm" },
);
const gateway = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
new LaneGroup("shop", { group, gateway, mesh: "asm", kubeconfig }, { provider: mesh.provider });
