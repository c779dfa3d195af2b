import { type Api, ApiFailure, type CallApi } from "../tools/alibaba/api";
import { failureOf } from "../tools/alibaba/failures";
import { findMade } from "../tools/alibaba/find-made";
import { type Problem, UserError } from "../tools/user-error";
import type { PendingOperation, StateDeployment } from "./pulumi/pending";

/** Where resources are, and how their account is asked. */
export interface AccountOf {
  readonly region: string;
  readonly callOf: (api: Api) => CallApi;
}

/** What a killed update was making in the account: nothing but the account knows whether it is there. */
export function pendingInAccount(deployment: StateDeployment): readonly PendingOperation[] {
  const { pending_operations: pending = [] } = deployment;
  return pending.filter(({ type, resource }) => type === "creating" && resource.type.startsWith("alicloud:"));
}

/**
 * What an update that was killed has made in the account and not noted: the next one would make it a second time, and nobody would
 * delete the first.
 *
 * @returns undefined where there is nothing of the kind.
 */
export async function orphansOf(deployment: StateDeployment, account: AccountOf): Promise<UserError | undefined> {
  const problems: Problem[] = [];
  // The one that takes another's place has its URN, and the engine keeps the note of what a later update has made.
  const known = new Set((deployment.resources ?? []).map(({ id }) => id));
  for (const { resource } of pendingInAccount(deployment)) {
    const { urn, type, inputs = {} } = resource;
    const path = `${type} ${urn.split("::").at(-1)}`;
    const expected = "nothing in the account that the state does not have";
    const found = await findMade({ type, inputs }, account.region, account.callOf).catch((error: unknown) => {
      if (error instanceof ApiFailure) return error;
      throw error;
    });
    if (found instanceof ApiFailure) {
      const got = `an update was killed while it was made, and nobody knows whether it was: ${found.message}`;
      problems.push({ path, got, expected, fix: failureOf(found.code)?.fix ?? "Run it again." });
      continue;
    }
    const left = found?.filter((id) => !known.has(id)) ?? [];
    if (left.length === 0) continue;
    const got = `an update was killed while it was made; the account has ${left.join(", ")}`;
    const which = left.length > 1 ? "See which of them is the stack's, and delete that" : "Delete it";
    problems.push({ path, got, expected, fix: `${which} in the console: nothing uses it yet. Then run this again.` });
  }
  if (problems.length === 0) return undefined;
  return new UserError("A killed update has left resources in the account that the state does not have.", problems);
}
