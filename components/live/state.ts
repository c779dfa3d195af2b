import { execFile } from "node:child_process";
import { isRecord } from "../../tools/values";

/** What the state of a stack has of objects in clusters. */
export interface StateObjects {
  /** Whether it is this very object, and not another one in its name. */
  has(uid: string): boolean;
  hasRelease(namespace: string, name: string): boolean;
}

/**
 * Asks the engine for the state. A program is not told its own, and needs it rarely: where an object carries no label of the
 * stack, because an earlier version of this project made it or because it was imported.
 *
 * @returns undefined where it cannot be had.
 */
export async function readState(stack: string): Promise<StateObjects | undefined> {
  const text = await exported(stack);
  return text === undefined ? undefined : stateObjects(JSON.parse(text));
}

function exported(stack: string): Promise<string | undefined> {
  const options = { timeout: 30_000, maxBuffer: 1024 * 1024 * 1024 };
  return new Promise((resolve) => {
    // Without --show-secrets: nothing secret is asked for.
    execFile("pulumi", ["stack", "export", "--non-interactive", "--stack", stack], options, (error, stdout) =>
      resolve(error ? undefined : stdout),
    );
  });
}

const releaseType = "kubernetes:helm.sh/v3:Release";

/** @param document what `pulumi stack export` prints. */
export function stateObjects(document: unknown): StateObjects {
  const deployment = isRecord(document) && isRecord(document.deployment) ? document.deployment : {};
  const resources: unknown[] = Array.isArray(deployment.resources) ? deployment.resources : [];
  const uids = new Set<string>();
  const releases = new Set<string>();
  for (const resource of resources) {
    if (!isRecord(resource) || typeof resource.type !== "string") continue;
    // What is only added to an object is not the object.
    if (!resource.type.startsWith("kubernetes:") || resource.type.endsWith("Patch") || resource.external === true)
      continue;
    const { outputs, inputs } = resource;
    if (resource.type === releaseType) {
      if (isRecord(inputs)) releases.add(`${inputs.namespace}/${inputs.name}`);
    } else if (isRecord(outputs) && isRecord(outputs.metadata) && typeof outputs.metadata.uid === "string") {
      uids.add(outputs.metadata.uid);
    }
  }
  return {
    has: (uid) => uid !== "" && uids.has(uid),
    hasRelease: (namespace, name) => releases.has(`${namespace}/${name}`),
  };
}
