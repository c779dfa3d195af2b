import { renderIstio } from "../../../components/lanes/istio/render";
import type { RenderedObject } from "../../../components/lanes/object";
import type { LaneGroup } from "../../../components/lanes/spec";
import { LabCluster } from "../../../conformance/lab/cluster";
import { labNamespace, labPods, labService, podPort } from "../../../conformance/lab/pods";
import { appImage } from "../../../tools/images/app-image";
import { workPaths } from "../../../tools/paths";
import { carriedHeaders, grpcPort, secondPort, versions } from "../scenarios/truth/groups";
import type { Placement } from "./replays";
import type { Wave } from "./waves";

export const placed: Placement = { namespace: "transitions", gateway: "istio-system/ingressgateway" };
const gatewayPods = { namespace: "istio-system", labels: { istio: "ingressgateway" } };

export function render(group: LaneGroup): RenderedObject[] {
  return renderIstio(group, { gateway: gatewayPods });
}

/** One pod of each version, which all services of the lane groups share, and a way to write the groups' objects past the stack. */
export class TransitionMesh {
  private readonly cluster = new LabCluster({ kubeconfig: workPaths.kubeconfig }, placed.namespace);

  /** Pods, and the Services of these groups. Lanes, and the filters that they share, are the stack's. */
  public async prepare(groups: readonly LaneGroup[]): Promise<void> {
    const { namespace } = placed;
    await this.clean();
    const names = new Set(groups.flatMap(({ services }) => services.map(({ name }) => name)));
    const further = [{ port: secondPort }, { port: grpcPort, name: "grpc", targetPort: grpcPort }];
    await this.cluster.apply([
      labNamespace(namespace, { "istio-injection": "enabled" }),
      ...labPods({
        ...{ namespace, name: "pods", versions, image: appImage("mock").ref, grpcPort },
        ...{ forwardHeaders: ["baggage", ...carriedHeaders], echoHeaders: [] },
      }),
      ...[...names].map((name) => labService({ name, namespace, port: podPort, pods: "pods", further })),
    ]);
    await this.cluster.ready(namespace);
  }

  /** @param settle whether proxies are waited for after each wave, as the program does, or at the end alone. */
  public async make(
    waves: readonly Wave[],
    { groups, settle }: { readonly groups: readonly LaneGroup[]; readonly settle: "each" | "end" },
  ): Promise<void> {
    const names = [...new Set(groups.map(({ name }) => name))];
    for (const wave of waves) {
      if (wave.write.length + wave.delete.length === 0) continue;
      await this.cluster.apply(wave.write.map(({ stage: _stage, ...object }) => object));
      await this.cluster.remove(wave.delete);
      if (settle === "each") await this.cluster.settle(names);
    }
    if (settle === "end") await this.cluster.settle(names);
  }

  public async clean(): Promise<void> {
    await this.cluster.clean([gatewayPods.namespace]);
  }
}
