import { poll } from "../poll";
import { UserError } from "../user-error";
import { asRecord, records } from "../values";
import { ApiFailure, type CallApi } from "./api";
import { failureOf } from "./failures";

/** An instance that was deleted, by what is known of it without its id: names are free again in other networks. */
export interface GoneMesh {
  /** Name of the ASM instance. */
  readonly meshName: string;
  /** Id of the VPC that it was in. */
  readonly vpcId: string;
}

/** Milliseconds. An instance that is being deleted may be listed for a while. */
const usualPace = { withinMs: 5 * 60_000, everyMs: 5000 };

/**
 * Done when the account has no such instance. The provider takes a delete that is forbidden as done
 * (service_alicloud_service_mesh_v2.go), and the instance would go on costing without anybody knowing.
 *
 * @throws UserError with the id of one that still exists.
 */
export async function meshGone(call: CallApi, mesh: GoneMesh, pace = usualPace): Promise<void> {
  let left: FoundMesh | undefined;
  const gone = await poll(async () => {
    left = await find(call, mesh);
    // One that runs is not being deleted, and will not be.
    return left === undefined || left.state === "running";
  }, pace);
  if (gone && left === undefined) return;
  throw new UserError("The ASM instance was not deleted.", [
    {
      path: `ASM instance ${left?.id}`,
      got: `${mesh.meshName} is in the account, in state ${left?.state}: it keeps costing`,
      expected: "no instance of that name in that VPC; the provider takes a delete that is forbidden as done",
      fix:
        `Grant servicemesh:DeleteServiceMesh to whoever runs this (Permissions in docs/alibaba.md), delete ${left?.id} on its page ` +
        `in the ASM console or by \`aliyun servicemesh DeleteServiceMesh --ServiceMeshId ${left?.id}\`, and run the same command again.`,
    },
  ]);
}

interface FoundMesh {
  readonly id: string;
  readonly state: string;
}

/** As the provider's data source reads the list. */
async function find(call: CallApi, { meshName, vpcId }: GoneMesh): Promise<FoundMesh | undefined> {
  const { ServiceMeshes } = await call("DescribeServiceMeshes", {}).catch((error: unknown) => {
    throw error instanceof ApiFailure ? unseen(meshName, error) : error;
  });
  for (const { ServiceMeshInfo, Spec } of records(ServiceMeshes)) {
    const { ServiceMeshId: id, Name: name, State: state } = asRecord(ServiceMeshInfo);
    const { VpcId: of } = asRecord(asRecord(Spec).Network);
    if (name === meshName && of === vpcId) return { id: String(id), state: String(state) };
  }
  return undefined;
}

function unseen(meshName: string, { action, code, words }: ApiFailure): UserError {
  const known = failureOf(code);
  const grant = `Grant servicemesh:${action} to whoever runs this; see Permissions in docs/alibaba.md.`;
  return new UserError("Nobody knows whether the ASM instance is gone.", [
    {
      path: `ASM instance ${meshName}`,
      got: `${action} ended with ${code}: ${words}`,
      expected: "a list of the account's instances, without it",
      fix: known === undefined || known.kind === "permission" ? grant : known.fix,
    },
  ]);
}
