import { sidecarFilters } from "../../../../components/lanes/istio/proxy-filters";
import { renderIstio } from "../../../../components/lanes/istio/render";
import type { RenderedObject } from "../../../../components/lanes/object";
import type { LaneGroup } from "../../../../components/lanes/spec";
import { LabCluster, type LabObject, type LabTarget } from "../../../../conformance/lab/cluster";
import { labNamespace, labPods, labService, podPort } from "../../../../conformance/lab/pods";
import { appImage } from "../../../../tools/images/app-image";
import { pathHeader, routeNameHeader } from "./compare";
import { carriedHeaders, grpcPort, secondPort, versions } from "./groups";
import { requestProbes } from "./policies";
import { RawClient } from "./send";

const gatewayNamespace = "istio-system";
const gatewayLabels = { istio: "ingressgateway" };

export interface TruthMeshArgs {
  /** Of the namespace and the Gateway. */
  readonly name: string;
  /** A listener of its own: no other group's hosts are in the way. */
  readonly port: number;
  readonly target: LabTarget;
}

/** Pods, Services and a listener for random lane groups, whose proxies say which routes they take. */
export class TruthMesh {
  private readonly cluster: LabCluster;
  private client: RawClient | undefined;
  private clusterIps: ReadonlyMap<string, string> = new Map();
  private namespaces: readonly string[] = [];
  /** `namespace/name` of each Service that there is. */
  private served: readonly string[] = [];

  public constructor(private readonly args: TruthMeshArgs) {
    this.cluster = new LabCluster(args.target, args.name);
  }

  /** Pods and the listener. @param groups in whose namespaces the pods are; the groups' Services are for `serve`. */
  public async bringUp(groups: readonly LaneGroup[]): Promise<void> {
    const { name, port } = this.args;
    const services = groups.flatMap((group) => group.services);
    this.namespaces = [...new Set([name, ...services.map(({ namespace }) => namespace)])];
    await this.cluster.clean([gatewayNamespace]);
    this.served = [];
    await this.cluster.apply([
      ...this.namespaces.flatMap((namespace) => this.pods(namespace)),
      this.gateway(),
      this.routeNames(gatewayNamespace, "GATEWAY", { workloadSelector: { labels: gatewayLabels } }),
    ]);
    for (const namespace of this.namespaces) await this.cluster.ready(namespace);
    this.client = new RawClient(new URL(`http://${await this.gatewayAddress()}:${port}`));
  }

  /** The Services of these groups and no others, which each proxy would have to know, too; the routes are for `apply`. */
  public async serve(groups: readonly LaneGroup[]): Promise<void> {
    const named = groups.flatMap((group) => group.services).map(({ name, namespace }) => `${namespace}/${name}`);
    const services = [...new Set(named)];
    await this.cluster.remove(this.served.filter((each) => !services.includes(each)).map((each) => this.service(each)));
    await this.cluster.apply(services.map((service) => this.service(service)));
    this.served = services;
    this.clusterIps = new Map((await Promise.all(this.namespaces.map((each) => this.addressesIn(each)))).flat());
  }

  /** `namespace/name` of each Service -> its ClusterIP. */
  public get addresses(): ReadonlyMap<string, string> {
    return this.clusterIps;
  }

  public async apply(groups: readonly LaneGroup[]): Promise<void> {
    await this.cluster.applyLanes(groups, render);
  }

  /** Takes the routes of groups away, and leaves the rest. */
  public async remove(groups: readonly LaneGroup[]): Promise<void> {
    await this.cluster.remove(groups.flatMap(render));
  }

  public send(...args: Parameters<RawClient["send"]>): ReturnType<RawClient["send"]> {
    if (!this.client) throw new Error("the mesh is not up");
    return this.client.send(...args);
  }

  public async takeDown(): Promise<void> {
    this.client?.close();
    await this.cluster.clean([gatewayNamespace]);
  }

  /** A namespace with a pod of each version, whose proxies say which routes they take. */
  private pods(namespace: string): LabObject[] {
    // The gateway's filters are the stack's.
    const { stage: _stage, ...filters } = sidecarFilters(namespace);
    return [
      labNamespace(namespace, { "istio-injection": "enabled" }),
      filters,
      ...labPods({
        ...{ namespace, name: "pods", versions, image: appImage("mock").ref, grpcPort },
        forwardHeaders: ["baggage", ...carriedHeaders],
        echoHeaders: [routeNameHeader, pathHeader, ...carriedHeaders, ...requestProbes],
      }),
      this.routeNames(namespace, "SIDECAR_OUTBOUND"),
      this.setHeader("paths", namespace, "SIDECAR_INBOUND", pathHeader, "%REQ(:PATH)%"),
    ];
  }

  /** Seen by the sidecars of this test and by the gateway, so that others' config does not grow. */
  private service(namespaced: string): LabObject {
    const [namespace = "", name = ""] = namespaced.split("/");
    const annotations = { "networking.istio.io/exportTo": [...this.namespaces, gatewayNamespace].join() };
    const further = [{ port: secondPort }, { port: grpcPort, name: "grpc", targetPort: grpcPort }];
    return labService({ name, namespace, port: podPort, pods: "pods", annotations, further });
  }

  private gateway(): LabObject {
    const { name, port } = this.args;
    return {
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: { name, namespace: name },
      spec: {
        selector: gatewayLabels,
        servers: [{ port: { number: port, name, protocol: "HTTP" }, hosts: ["*"] }],
      },
    };
  }

  /** Makes proxies say which route they took. Nothing else tells two rules apart that lead to the same pods. */
  private routeNames(where: string, context: "SIDECAR_OUTBOUND" | "GATEWAY", more: object = {}): LabObject {
    return this.setHeader("route-names", where, context, routeNameHeader, "%ROUTE_NAME%", more);
  }

  private setHeader(
    name: string,
    where: string,
    context: "SIDECAR_INBOUND" | "SIDECAR_OUTBOUND" | "GATEWAY",
    key: string,
    text: string,
    more: object = {},
  ): LabObject {
    const header = { key, value: text };
    const value = { request_headers_to_add: [{ header, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" }] };
    return {
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      metadata: { name: `${this.args.name}-${name}`, namespace: where },
      spec: {
        ...more,
        configPatches: [{ applyTo: "ROUTE_CONFIGURATION", match: { context }, patch: { operation: "MERGE", value } }],
      },
    };
  }

  private async addressesIn(namespace: string): Promise<(readonly [string, string])[]> {
    const output = 'jsonpath={range .items[*]}{.metadata.name} {.spec.clusterIP}{"\\n"}{end}';
    const listed = await this.cluster.kubectl(["get", "services", "--namespace", namespace, "--output", output]);
    return listed.split("\n").map((line) => {
      const [name = "", address = ""] = line.split(" ");
      return [`${namespace}/${name}`, address] as const;
    });
  }

  /** The address of the gateway's pod: no Service has this test's port. */
  private async gatewayAddress(): Promise<string> {
    const selector = Object.entries(gatewayLabels).map(([key, value]) => `${key}=${value}`);
    const args = ["get", "pods", "--namespace", gatewayNamespace, "--selector", selector.join()];
    return this.cluster.kubectl([...args, "--output", "jsonpath={.items[0].status.podIP}"]);
  }
}

function render(group: LaneGroup): RenderedObject[] {
  return renderIstio(group, { gateway: { namespace: gatewayNamespace, labels: gatewayLabels } });
}
