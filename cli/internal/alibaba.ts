import { apiCaller, serviceMeshApi } from "../../tools/alibaba/api";
import { accountKey } from "../../tools/alibaba/credentials";
import { type GoneMesh, meshGone } from "../../tools/alibaba/mesh-gone";
import { join, leave, type Membership } from "../../tools/alibaba/mesh-membership";

/** Takes a cluster into an ASM instance, with the credential of this process. */
export async function joinMesh(membership: Membership): Promise<object> {
  await join(apiCaller(serviceMeshApi, accountKey), membership);
  return {};
}

/** Takes it out. */
export async function leaveMesh(membership: Membership): Promise<object> {
  await leave(apiCaller(serviceMeshApi, accountKey), membership);
  return {};
}

/** Looks whether an instance that was deleted is gone. */
export async function meshGoneFromAccount(mesh: GoneMesh): Promise<object> {
  await meshGone(apiCaller(serviceMeshApi, accountKey), mesh);
  return {};
}
