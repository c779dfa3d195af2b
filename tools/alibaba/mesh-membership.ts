import { poll } from "../poll";
import { type Problem, UserError } from "../user-error";
import { asRecord, records, texts } from "../values";
import { ApiFailure, type CallApi } from "./api";
import { failureOf } from "./failures";

/** A cluster in a mesh. */
export interface Membership {
  /** Id of the ASM instance. */
  readonly meshId: string;
  /** Id of the ACK cluster. */
  readonly clusterId: string;
}

/** Milliseconds. */
const usualPace = { withinMs: 20 * 60_000, everyMs: 5000 };

interface MeshState {
  readonly state: string;
  readonly clusters: readonly string[];
}

/** Takes the cluster into the mesh, unless it is in, and waits until the mesh runs with it. */
export async function join(call: CallApi, membership: Membership, pace = usualPace): Promise<void> {
  await advised(membership, async () => {
    const before = await look(call, membership);
    if (!before)
      throw new ApiFailure("DescribeServiceMeshDetail", "ServiceMesh.NotFound", 404, "there is no such mesh");
    if (!before.clusters.includes(membership.clusterId)) await add(call, membership);
    await settled(call, membership, true, pace);
  });
}

/**
 * Takes the cluster out of the mesh, unless it or the mesh is gone, and waits until it is out. A mesh cannot be deleted before,
 * and the provider's delete does not do it (terraform-provider-alicloud#5259).
 */
export async function leave(call: CallApi, membership: Membership, pace = usualPace): Promise<void> {
  await advised(membership, async () => {
    const before = await look(call, membership);
    if (!before?.clusters.includes(membership.clusterId)) return;
    await call("RemoveClusterFromServiceMesh", parameters(membership));
    await settled(call, membership, false, pace);
  });
}

/** @throws UserError that names the mesh which has the cluster; the API's own refusal does not. */
async function add(call: CallApi, membership: Membership): Promise<void> {
  try {
    await call("AddClusterIntoServiceMesh", parameters(membership));
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const other = await meshWith(call, membership).catch(() => undefined);
    if (other === undefined) throw error;
    throw new UserError("The cluster is in another mesh.", [
      {
        path: `ASM instance ${membership.meshId}, cluster ${membership.clusterId}`,
        got: `it is in ${other}: ${error.message}`,
        expected: "a cluster that is in no other mesh",
        fix: `Take it out of ${other} (its page in the ASM console), or use that mesh: mesh.kubeconfig and mesh.context.`,
      },
    ]);
  }
}

/** Id and name of another instance that has the cluster, as the provider's data source reads the list. */
async function meshWith(call: CallApi, { meshId, clusterId }: Membership): Promise<string | undefined> {
  const { ServiceMeshes } = await call("DescribeServiceMeshes", {});
  for (const mesh of records(ServiceMeshes)) {
    const { ServiceMeshId: id, Name: name } = asRecord(mesh.ServiceMeshInfo);
    if (id !== meshId && texts(mesh.Clusters).includes(clusterId)) return `${String(name)} (${String(id)})`;
  }
  return undefined;
}

function parameters({ meshId, clusterId }: Membership): Record<string, string> {
  return { ServiceMeshId: meshId, ClusterId: clusterId };
}

/** `ServiceMesh.Clusters` and `ServiceMesh.ServiceMeshInfo.State`, as the provider reads them. Undefined: there is no such mesh. */
async function look(call: CallApi, { meshId }: Membership): Promise<MeshState | undefined> {
  const answer = await call("DescribeServiceMeshDetail", { ServiceMeshId: meshId }).catch((error: unknown) => {
    // Only this code: a call that is forbidden says nothing about the mesh.
    if (error instanceof ApiFailure && error.code === "ServiceMesh.NotFound") return undefined;
    throw error;
  });
  if (!answer) return undefined;
  const mesh = answer.ServiceMesh as { Clusters?: string[]; ServiceMeshInfo?: { State?: string } } | undefined;
  return { clusters: mesh?.Clusters ?? [], state: mesh?.ServiceMeshInfo?.State ?? "unknown" };
}

async function settled(call: CallApi, membership: Membership, member: boolean, pace: typeof usualPace): Promise<void> {
  let last: MeshState | undefined;
  const done = await poll(async () => {
    last = await look(call, membership);
    if (!last) return !member;
    return last.clusters.includes(membership.clusterId) === member && last.state === "running";
  }, pace);
  if (done) return;
  const minutes = pace.withinMs / 60_000;
  throw new UserError("The mesh did not settle.", [
    {
      path: `ASM instance ${membership.meshId}`,
      got: `state ${last?.state ?? "none"}, clusters ${last?.clusters.join(", ") || "none"} after ${minutes} minutes`,
      expected: `state running, ${member ? "with" : "without"} cluster ${membership.clusterId}`,
      fix: "See what its page in the console says, then run the same command again: it continues where this one ended.",
    },
  ]);
}

async function advised(membership: Membership, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ApiFailure) throw new UserError("Alibaba Cloud refused a call.", [problem(membership, error)]);
    throw error;
  }
}

function problem({ meshId, clusterId }: Membership, { action, code, words, requestId }: ApiFailure): Problem {
  const known = failureOf(code);
  // Of a membership, what uses the cluster is another mesh.
  const kind = known?.kind === "dependency" ? undefined : known;
  const grant = `Grant servicemesh:${action} to whoever runs this; see Permissions in docs/alibaba.md.`;
  return {
    path: `ASM instance ${meshId}, cluster ${clusterId}`,
    got: `${action} ended with ${code}: ${words}${requestId === undefined ? "" : ` (request ${requestId})`}`,
    expected: kind?.expected ?? "a cluster that is in no other mesh, and a mesh that runs",
    fix:
      kind?.kind === "permission"
        ? grant
        : (kind?.fix ?? "Look at both in the console, and run it again. Nothing was lost: both are in the state."),
  };
}
