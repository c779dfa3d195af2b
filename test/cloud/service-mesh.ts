import { type Account, type Handler, need, type Parameters, Refusal, type Thing } from "./account";

/* ASM (servicemesh, 2020-01-11), as far as stacks use it. */

const meshOf = (account: Account, parameters: Parameters): Thing =>
  account.get("ServiceMesh", need(parameters, "ServiceMeshId"), "ServiceMesh.NotFound");
const infoOf = ({ fields }: Thing) => fields.ServiceMeshInfo as Record<string, unknown>;
const clustersOf = ({ fields }: Thing) => fields.Clusters as string[];

/** Takes a while, and can only be asked of a mesh that runs. */
function change(account: Account, mesh: Thing, state: string, work: () => void): object {
  if (infoOf(mesh).State !== "running") throw new Refusal("StillInitializing");
  infoOf(mesh).State = state;
  account.later(mesh, () => {
    work();
    infoOf(mesh).State = "running";
  });
  return {};
}

const isTrue = (value: unknown) => String(value) === "true";

/** Sets what a call has of the mesh's configuration, as resource_alicloud_service_mesh_service_mesh.go reads it back. */
function configure({ fields }: Thing, parameters: Parameters): void {
  const { MeshConfig: config } = fields.Spec as { MeshConfig: Record<string, Record<string, unknown>> };
  const set = (
    name: string,
    target: Record<string, unknown> | undefined,
    field: string,
    read: (value: unknown) => unknown,
  ) => {
    if (target && parameters[name] !== undefined) target[field] = read(parameters[name]);
  };
  set("Tracing", config, "Tracing", isTrue);
  // From 1.22.89 on tracing brings it along (documentation).
  if (isTrue(parameters.Tracing)) Object.assign(config, { CustomizedZipkin: true });
  set("CustomizedZipkin", config, "CustomizedZipkin", isTrue);
  set("Telemetry", config, "Telemetry", isTrue);
  set("OutboundTrafficPolicy", config, "OutboundTrafficPolicy", String);
  set("TraceSampling", config.Pilot, "TraceSampling", Number);
  set("AccessLogEnabled", config.AccessLog, "Enabled", isTrue);
  set("AccessLogProject", config.AccessLog, "Project", String);
  const extra = config.ExtraConfiguration?.AccessLogExtraConf as Record<string, unknown> | undefined;
  set("AccessLogGatewayEnabled", extra, "GatewayEnabled", isTrue);
  set("AccessLogSidecarEnabled", extra, "SidecarEnabled", isTrue);
}

export const serviceMeshApi: Readonly<Record<string, Handler>> = {
  CreateServiceMesh(account, parameters) {
    const name = need(parameters, "Name");
    // resource_alicloud_service_mesh_service_mesh.go repeats the call after it until its time has passed.
    if (account.all("ServiceMesh").some((other) => infoOf(other).Name === name)) throw new Refusal("NameAlreadyExist");
    account.get("Vpc", need(parameters, "VpcId"), "InvalidVpcId.NotFound");
    const switches: unknown = JSON.parse(need(parameters, "VSwitches"));
    const [VSwitchId] = Array.isArray(switches) ? switches.map(String) : [];
    account.get("VSwitch", VSwitchId, "InvalidVswitchID.NotFound");
    const version = String(parameters.IstioVersion ?? account.meshVersions.at(-1));
    if (!account.meshVersions.includes(version)) throw new Refusal("InvalidParameter.IstioVersion");
    const mesh = account.make(
      "ServiceMesh",
      {
        ServiceMeshInfo: {
          ...{ Name: name, State: "initializing", Version: version, RegionId: parameters.RegionId },
          Profile: parameters.Edition ?? "Default",
        },
        Clusters: [],
        ClusterSpec: parameters.ClusterSpec ?? "standard",
        Spec: {
          Network: { VpcId: parameters.VpcId, VSwitches: [VSwitchId], SecurityGroupId: "sg-of-mesh" },
          LoadBalancer: {
            ApiServerPublicEip: isTrue(parameters.ApiServerPublicEip),
            ...{ ApiServerLoadbalancerId: "lb-of-api", PilotPublicEip: false, PilotPublicLoadbalancerId: "" },
          },
          // What the account fills in, read back by the provider.
          MeshConfig: {
            ...{ Tracing: false, EnableLocalityLB: false, Telemetry: true, CustomizedZipkin: false },
            ...{ OutboundTrafficPolicy: "ALLOW_ANY", IncludeIPRanges: "*", Pilot: { Http10Enabled: true } },
            ...{ OPA: { Enabled: false, LogLevel: "info" }, Proxy: { LimitCPU: "2000m", LimitMemory: "1024Mi" } },
            ...{ AccessLog: { Enabled: false, Project: "" }, SidecarInjector: { RequestCPU: "1000m" } },
            ExtraConfiguration: { AccessLogExtraConf: { GatewayEnabled: false, SidecarEnabled: false } },
          },
        },
      },
      "ErrorQuotaExceeded",
    );
    configure(mesh, parameters);
    infoOf(mesh).ServiceMeshId = mesh.id;
    account.later(mesh, () => {
      infoOf(mesh).State = "running";
    });
    return { ServiceMeshId: mesh.id };
  },
  DescribeServiceMeshDetail(account, parameters) {
    const mesh = meshOf(account, parameters);
    account.looked(mesh);
    return { ServiceMesh: mesh.fields };
  },
  DescribeServiceMeshes: (account) => ({ ServiceMeshes: account.all("ServiceMesh").map(({ fields }) => fields) }),
  DescribeServiceMeshKubeconfig(account, parameters) {
    const { id } = meshOf(account, parameters);
    return { Kubeconfig: account.servers?.mesh.kubeconfig ?? `kubeconfig of ${id}` };
  },
  DescribeKialiConfiguration: (account, parameters) => ({
    Enabled: false,
    ServiceMeshId: meshOf(account, parameters).id,
  }),
  ListTagResources: () => ({ TagResources: { TagResource: [] } }),
  DescribeVersions: (account) => ({
    VersionInfo: ["Default", "Pro"].map((Edition) => ({ Edition, Versions: account.meshVersions })),
  }),
  UpdateMeshFeature(account, parameters) {
    const mesh = meshOf(account, parameters);
    return change(account, mesh, "updating", () => configure(mesh, parameters));
  },
  UpdateKialiConfiguration: (account, parameters) => change(account, meshOf(account, parameters), "updating", () => {}),
  UpgradeMeshEditionPartially(account, parameters) {
    const mesh = meshOf(account, parameters);
    const version = need(parameters, "ExpectedVersion");
    if (!account.meshVersions.includes(version)) throw new Refusal("InvalidParameter.ExpectedVersion");
    return change(account, mesh, "upgrading", () => {
      infoOf(mesh).Version = version;
    });
  },
  ModifyServiceMeshName(account, parameters) {
    infoOf(meshOf(account, parameters)).Name = need(parameters, "Name");
    return {};
  },
  AddClusterIntoServiceMesh(account, parameters) {
    const mesh = meshOf(account, parameters);
    const { id } = account.get("Cluster", need(parameters, "ClusterId"), "ErrorClusterNotFound");
    const other = account.all("ServiceMesh").find((each) => clustersOf(each).includes(id));
    if (other) throw new Refusal("InvalidParameter.ClusterId", 400, "the cluster is in a mesh");
    return change(account, mesh, "updating", () => {
      clustersOf(mesh).push(id);
      account.onJoin?.();
    });
  },
  RemoveClusterFromServiceMesh(account, parameters) {
    const mesh = meshOf(account, parameters);
    const id = need(parameters, "ClusterId");
    if (!clustersOf(mesh).includes(id)) throw new Refusal("ErrorClusterNotFound", 404);
    return change(account, mesh, "updating", () => {
      mesh.fields.Clusters = clustersOf(mesh).filter((each) => each !== id);
    });
  },
  DeleteServiceMesh(account, parameters) {
    const mesh = meshOf(account, parameters);
    // terraform-provider-alicloud#5259; `Force` does not help.
    if (clustersOf(mesh).length > 0) throw new Refusal("ErrorPermitted.ClustersNotEmpty", 403);
    if (infoOf(mesh).State !== "running") throw new Refusal("StillInitializing");
    infoOf(mesh).State = "deleting";
    account.later(mesh, () => account.drop(mesh));
    return {};
  },
  GrantUserPermissions(account, parameters) {
    const user = need(parameters, "SubAccountUserId");
    const found = account.find("UserPermission", user);
    if (found) account.drop(found);
    const list: unknown = JSON.parse(String(parameters.Permissions ?? "[]"));
    if (Array.isArray(list) && list.length > 0) account.make("UserPermission", { list }, "", user);
    return {};
  },
  DescribeUserPermissions(account, parameters) {
    return { Permissions: account.find("UserPermission", need(parameters, "SubAccountUserId"))?.fields.list ?? [] };
  },
};
