import { type Api, ApiFailure, type CallApi } from "../tools/alibaba/api";
import { failureOf } from "../tools/alibaba/failures";
import { findMade } from "../tools/alibaba/find-made";
import { type Problem, UserError } from "../tools/user-error";
import type { PendingOperation, StateDeployment } from "./pulumi/pending";

/** Where a stack's resources are, and how its account is asked. */
export interface AccountOf {
  readonly stack: string;
  readonly region: string;
  readonly callOf: (api: Api) => CallApi;
}

/** What a killed update was making in the account: nothing but the account knows whether it is there. */
export function pendingInAccount({ pending_operations: pending = [] }: StateDeployment): readonly PendingOperation[] {
  return pending.filter(({ type, resource }) => type === "creating" && resource.type.startsWith("alicloud:"));
}

/**
 * What an update that was killed has made in the account and not noted: the next one would make it a second time, and nobody would
 * delete the first.
 *
 * @returns undefined where there is nothing of the kind.
 */
export async function orphansOf(deployment: StateDeployment, account: AccountOf): Promise<UserError | undefined> {
  const imports: string[] = [];
  const problems: Problem[] = [];
  for (const { resource } of pendingInAccount(deployment)) {
    const { urn, type, inputs = {} } = resource;
    const path = `${type} ${urn.split("::").at(-1)}`;
    const expected = "what is in the account to be in the state";
    const found = await findMade({ type, inputs }, account.region, account.callOf).catch((error: unknown) => {
      if (error instanceof ApiFailure) return error;
      throw error;
    });
    if (found instanceof ApiFailure) {
      const got = `an update was killed while it was made, and nobody knows whether it was: ${found.message}`;
      problems.push({ path, got, expected, fix: failureOf(found.code)?.fix ?? "Run it again." });
      continue;
    }
    if (found === undefined || found.length === 0) continue;
    const [id = ""] = found;
    const got = `an update was killed while it was made; the account has ${found.join(", ")}`;
    if (found.length > 1) {
      const fix = `See which of them is the stack's, and give its id: ${importing(account, [urn, "ID"])}`;
      problems.push({ path, got, expected, fix });
      continue;
    }
    imports.push(urn, id);
    problems.push({ path, got, expected, fix: "Take it into the state by that command." });
  }
  if (problems.length === 0) return undefined;
  const summary = "A killed update has left resources in the account that the state does not have";
  if (imports.length === 0) return new UserError(`${summary}.`, problems);
  return new UserError(`${summary}. Run this, and then the update again:\n  ${importing(account, imports)}`, problems);
}

/** @param pairs URNs, each with its id. */
function importing({ stack }: AccountOf, pairs: readonly string[]): string {
  const flags = pairs.map((text) => `--import-pending-creates '${text}'`).join(" ");
  return `pulumi refresh --stack ${stack} ${flags}`;
}
