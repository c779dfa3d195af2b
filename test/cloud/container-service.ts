import { type Account, given, type Handler, need, type Parameters, Refusal, type Thing } from "./account";

/* ACK (cs, 2015-12-15), which is of the ROA style: method and path name the call. */

const clusterOf = (account: Account, parameters: Parameters): Thing =>
  account.get("Cluster", parameters.ClusterId, "ErrorClusterNotFound");
const poolOf = (account: Account, parameters: Parameters): Thing => {
  clusterOf(account, parameters);
  return account.get("NodePool", parameters.NodepoolId, "ErrorNodePoolNotFound");
};

/** Cluster -> id of the task that makes it. */
const making = new WeakMap<Thing, string>();

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const part = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};

function detail(account: Account, { id, fields }: Thing): object {
  const urls = {
    intranet_api_server_endpoint: account.servers?.cluster.server ?? "https://10.0.0.7:6443",
    api_server_endpoint: "https://203.0.113.9:6443",
  };
  // flattenRRSAMetadata and fetchClusterCapabilities of resource_alicloud_cs_kubernetes.go read the rest from this text.
  const { encryption_provider_key: key, enable_rrsa: rrsa, ...others } = fields;
  const encryption = key === undefined ? { DisableEncryption: true } : { EncryptionKMSKeyId: key };
  const metadata = { Capabilities: encryption, RRSAConfig: { enabled: rrsa === true } };
  return { cluster_id: id, ...others, meta_data: JSON.stringify(metadata), master_url: JSON.stringify(urls) };
}

/** One node for each that is wanted: ACK answers with more fields than anybody here reads. */
function nodesOf({ id, fields }: Thing): object[] {
  const wanted = Number(part(fields.scaling_group).desired_size ?? part(fields.auto_scaling).min_instances ?? 1);
  return Array.from({ length: wanted }, (_, index) => ({
    ...{ nodepool_id: id, instance_id: `i-${id}-${index}`, instance_name: `${id}-${index}` },
    ...{ node_name: `cn.10.0.0.${index + 1}`, ip_address: [`10.0.0.${index + 1}`], state: "running" },
  }));
}

/** Makes a pool: nodes are made if the zones have one of the types. */
function poolTask(account: Account, pool: Thing): string {
  pool.fields.status = { state: "initial" };
  return account.task(() => {
    const types = strings(part(pool.fields.scaling_group).instance_types);
    const { stock } = account;
    if (stock && !types.some((type) => stock.has(type))) {
      pool.fields.status = { state: "active", failed_nodes: 1 };
      throw new Refusal("OperationDenied.NoStock");
    }
    pool.fields.status = { state: "active" };
  });
}

const calls = {
  CreateCluster(account, parameters) {
    const name = need(parameters, "name");
    const switches = strings(parameters.vswitch_ids);
    if (switches.length === 0) throw new Refusal("MissingParameter.vswitch_ids");
    for (const id of switches) account.get("VSwitch", id, "InvalidVswitchID.NotFound");
    // Documentation: Pro clusters encrypt secrets, standard ones cannot.
    if (parameters.encryption_provider_key !== undefined) {
      account.get("Key", parameters.encryption_provider_key, "Forbidden.KeyNotFound");
      if (parameters.cluster_spec === "ack.standard") throw new Refusal("InvalidParameter.encryption_provider_key");
    }
    const [vpcId] = switches.map((id) => account.find("VSwitch", id)?.fields.VpcId);
    const cluster = account.make(
      "Cluster",
      {
        ...{
          name,
          state: "initial",
          cluster_type: "ManagedKubernetes",
          vpc_id: vpcId,
          current_version: "1.34.1-aliyun.1",
        },
        // What the account fills in, read back by resource_alicloud_cs_managed_kubernetes.go.
        ...{ timezone: "Asia/Shanghai", resource_group_id: "rg-default", deletion_protection: false },
        ...given(parameters, "vswitch_ids", "security_group_id", "cluster_spec", "deletion_protection", "timezone"),
        ...given(parameters, "service_cidr", "encryption_provider_key", "proxy_mode", "tags", "container_cidr"),
        ...given(parameters, "enable_rrsa"),
      },
      "ErrorQuotaExceeded",
    );
    const task = account.task(() => {
      cluster.fields.state = "running";
      if (parameters.snat_entry === true) account.make("NatGateway", { VpcId: vpcId, Cluster: cluster.id });
    });
    making.set(cluster, task);
    return { cluster_id: cluster.id, task_id: task };
  },
  DescribeTaskInfo(account, parameters) {
    const task = account.get("Task", parameters.TaskId, "ErrorTaskNotFound");
    account.looked(task);
    return { task_id: task.id, ...task.fields };
  },
  // DescribeClustersV1 of the API: the stand-in's calls have the names that RAM knows.
  GetClusters: (account) => ({ clusters: account.all("Cluster").map((each) => detail(account, each)) }),
  DescribeClusterDetail(account, parameters) {
    const cluster = clusterOf(account, parameters);
    // Also where nobody asks for its task any more: whoever made it was killed.
    const task = account.find("Task", making.get(cluster));
    if (task) account.looked(task);
    return detail(account, cluster);
  },
  DescribeClusterUserKubeconfig(account, parameters) {
    const { fields } = clusterOf(account, parameters);
    if (fields.state !== "running") throw new Refusal("ErrorClusterState", 409);
    // service_alicloud_cs.go asks for the public address, whatever the cluster has.
    const config = account.servers?.cluster.kubeconfig ?? `kubeconfig of ${String(parameters.ClusterId)}`;
    return { config, expiration: "2030-01-01T00:00:00Z" };
  },
  DescribeClusterResources(account, parameters) {
    const { id } = clusterOf(account, parameters);
    return [{ cluster_id: id, resource_type: "SLB", instance_id: `lb-of-${id}` }];
  },
  CheckControlPlaneLogEnable: (account, parameters) => {
    clusterOf(account, parameters);
    return { components: [], log_ttl: "30" };
  },
  GetClusterAuditProject: (account, parameters) => ({ audit_enabled: false, id: clusterOf(account, parameters).id }),
  DescribeClusterNodes(account, parameters) {
    const { id } = clusterOf(account, parameters);
    const { nodepool_id: pool, pageSize = 10, pageNumber = 1 } = parameters;
    const pools = account
      .all("NodePool")
      .filter((each) => each.fields.cluster_id === id && (pool === undefined || pool === each.id));
    const nodes = pools.flatMap((each) => nodesOf(each));
    const [size, number] = [Number(pageSize), Number(pageNumber)];
    // Whoever reads page by page ends with the first that is not full: without its size he would never end (DescribeClusterNodes of ACK).
    const page = { page_number: number, page_size: size, total_count: nodes.length };
    return { nodes: nodes.slice((number - 1) * size, number * size), page };
  },
  ModifyCluster(account, parameters) {
    const cluster = clusterOf(account, parameters);
    const { cluster_name: name = cluster.fields.name } = parameters;
    Object.assign(
      cluster.fields,
      { name },
      given(parameters, "deletion_protection", "timezone", "enable_rrsa", "vswitch_ids", "security_group_id"),
    );
    return { task_id: account.task(() => {}) };
  },
  UpgradeCluster(account, parameters) {
    const cluster = clusterOf(account, parameters);
    const next = need(parameters, "next_version");
    return {
      task_id: account.task(() => {
        cluster.fields.current_version = next;
      }),
    };
  },
  MigrateCluster(account, parameters) {
    clusterOf(account, parameters).fields.cluster_spec = "ack.pro.small";
    return { task_id: account.task(() => {}) };
  },
  UpdateKMSEncryption(account, parameters) {
    Object.assign(clusterOf(account, parameters).fields, given(parameters, "disable_encryption", "kms_key_id"));
    return { task_id: account.task(() => {}) };
  },
  DeleteCluster(account, parameters) {
    const cluster = clusterOf(account, parameters);
    if (cluster.fields.deletion_protection === true) throw new Refusal("ErrorDeletionProtectionEnabled");
    const meshes = account.all("ServiceMesh").filter(({ fields }) => strings(fields.Clusters).includes(cluster.id));
    if (meshes.length > 0) throw new Refusal("DependencyViolation.ServiceMesh");
    cluster.fields.state = "deleting";
    return {
      task_id: account.task(() => {
        const own = account
          .all()
          .filter(({ fields }) => fields.cluster_id === cluster.id || fields.Cluster === cluster.id);
        for (const thing of [...own, cluster]) account.drop(thing);
      }),
    };
  },
  DeleteClusterNodes: (account, parameters) => {
    clusterOf(account, parameters);
    return { task_id: account.task(() => {}) };
  },
  DescribeClusterNodePools(account, parameters) {
    const { id } = clusterOf(account, parameters);
    const own = account.all("NodePool").filter(({ fields }) => fields.cluster_id === id);
    return {
      nodepools: own.map((pool) => ({
        nodepool_info: { ...part(pool.fields.nodepool_info), nodepool_id: pool.id },
        status: pool.fields.status,
      })),
    };
  },
  CreateClusterNodePool(account, parameters) {
    const cluster = clusterOf(account, parameters);
    if (cluster.fields.state !== "running") throw new Refusal("InvalidState.Cluster", 409);
    const info = part(parameters.nodepool_info);
    const taken = account.all("NodePool").some(({ fields }) => part(fields.nodepool_info).name === info.name);
    if (taken) throw new Refusal("ErrorNodePoolNameAlreadyExist", 409);
    const fields = given(
      parameters,
      "nodepool_info",
      "scaling_group",
      "auto_scaling",
      "management",
      "kubernetes_config",
    );
    const pool = account.make("NodePool", { cluster_id: cluster.id, ...fields });
    return { nodepool_id: pool.id, task_id: poolTask(account, pool) };
  },
  DescribeClusterNodePoolDetail(account, parameters) {
    const { id, fields } = poolOf(account, parameters);
    const info = { ...part(fields.nodepool_info), nodepool_id: id, type: "ess" };
    // What the account fills in, read back by resource_alicloud_cs_kubernetes_node_pool.go.
    const scaling = {
      internet_charge_type: "PayByTraffic",
      compensate_with_on_demand: false,
      ...part(fields.scaling_group),
    };
    return { ...fields, nodepool_info: info, scaling_group: scaling };
  },
  ModifyClusterNodePool(account, parameters) {
    const pool = poolOf(account, parameters);
    // A part has what changes of it alone: resource_alicloud_cs_kubernetes_node_pool.go.
    const parts = given(parameters, "nodepool_info", "scaling_group", "auto_scaling", "management");
    for (const [name, change] of Object.entries(parts)) {
      pool.fields[name] = { ...part(pool.fields[name]), ...part(change) };
    }
    return { nodepool_id: pool.id, task_id: poolTask(account, pool) };
  },
  DeleteClusterNodepool(account, parameters) {
    const pool = poolOf(account, parameters);
    return { task_id: account.task(() => account.drop(pool)) };
  },
} satisfies Record<string, Handler>;

export const containerServiceApi: Readonly<Record<string, Handler>> = calls;

/** Method and path -> call; `{X}` is a parameter. */
const routes: readonly (readonly [method: string, path: string, call: keyof typeof calls])[] = [
  ["POST", "/clusters", "CreateCluster"],
  ["GET", "/api/v1/clusters", "GetClusters"],
  ["GET", "/clusters/{ClusterId}", "DescribeClusterDetail"],
  ["DELETE", "/clusters/{ClusterId}", "DeleteCluster"],
  ["PUT", "/api/v2/clusters/{ClusterId}", "ModifyCluster"],
  ["POST", "/api/v2/clusters/{ClusterId}/upgrade", "UpgradeCluster"],
  ["POST", "/clusters/{ClusterId}/migrate", "MigrateCluster"],
  ["PUT", "/clusters/{ClusterId}/kms", "UpdateKMSEncryption"],
  ["GET", "/clusters/{ClusterId}/resources", "DescribeClusterResources"],
  ["GET", "/clusters/{ClusterId}/controlplanelog", "CheckControlPlaneLogEnable"],
  ["GET", "/clusters/{ClusterId}/audit", "GetClusterAuditProject"],
  ["GET", "/clusters/{ClusterId}/nodes", "DescribeClusterNodes"],
  ["POST", "/api/v2/clusters/{ClusterId}/nodes/remove", "DeleteClusterNodes"],
  ["GET", "/k8s/{ClusterId}/user_config", "DescribeClusterUserKubeconfig"],
  ["GET", "/tasks/{TaskId}", "DescribeTaskInfo"],
  ["POST", "/clusters/{ClusterId}/nodepools", "CreateClusterNodePool"],
  ["GET", "/clusters/{ClusterId}/nodepools", "DescribeClusterNodePools"],
  ["GET", "/clusters/{ClusterId}/nodepools/{NodepoolId}", "DescribeClusterNodePoolDetail"],
  ["PUT", "/clusters/{ClusterId}/nodepools/{NodepoolId}", "ModifyClusterNodePool"],
  ["DELETE", "/clusters/{ClusterId}/nodepools/{NodepoolId}", "DeleteClusterNodepool"],
];

/** The call of a method and a path, with the parameters of the path. */
export function routed(
  method: string,
  path: string,
): { readonly call: string; readonly parameters: Parameters } | undefined {
  for (const [of, pattern, call] of routes) {
    const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const found = new RegExp(`^${pattern.replace(/\{\w+\}/g, "([^/]+)")}$`).exec(path);
    if (of === method && found) {
      return { call, parameters: Object.fromEntries(names.map((name, index) => [name, found[index + 1]])) };
    }
  }
  return undefined;
}
