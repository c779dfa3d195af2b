import { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import { LaneGroup, type LaneTable, parseLaneGroup } from "../../library";
import { shopInput } from "./shop";

export interface Outputs {
  readonly lanes: pulumi.Output<LaneTable>;
}

/**
 * Only the lanes: cluster, mesh, gateway and services are there, whoever made them.
 *
 * @param kubeconfig of the API server that has the mesh's objects: the cluster's with upstream Istio, that of the mesh with ASM.
 * @param mesh which of the two it is.
 * @throws UserError when the group cannot run on that mesh.
 */
export function createLanes(kubeconfig: pulumi.Input<string>, mesh: "istio" | "asm"): Outputs {
  const shop = parseLaneGroup(shopInput, { mesh, path: "shop" });
  const provider = new Provider("mesh", { kubeconfig, enableServerSideApply: true });
  const gateway = { namespace: "istio-system", labels: { istio: "public" } };
  return { lanes: new LaneGroup("shop", { group: shop, gateway, mesh }, { provider }).table };
}
