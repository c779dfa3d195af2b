import type { IstioFact, MeshFacts, SecretFact } from "../../components/lanes/health/facts";
import { injectorKind, type MeshRevisions, meshRevisions, tagLabel } from "../../components/lanes/revisions";
import type { LaneGroup } from "../../components/lanes/spec";
import { gatherAccessLogs } from "./access-logs";
import { gatherControlPlane } from "./control-plane";
import { type Kubectl, KubectlError } from "./kubectl";
import {
  readIstio,
  readItems,
  readNamespaces,
  readPods,
  readServices,
  readWorkloads,
  revisionSources,
} from "./objects";
import { readSecret } from "./secrets";

const kinds = [
  ...["namespaces", "services", "deployments.apps", "pods"],
  ...["destinationrules", "virtualservices", "envoyfilters", "sidecars", "gateways"].map(
    (kind) => `${kind}.networking.istio.io`,
  ),
];
/** What else may run a version: not everybody may list them, and most meshes have none. */
const furtherKinds = ["statefulsets.apps", "daemonsets.apps"];

/**
 * What the mesh has, as far as lanes depend on it. Nothing is changed.
 *
 * @param calls whether the sidecars' logs are read, for what pods have called lately.
 * @throws UserError when the cluster does not answer or has no Istio.
 */
export async function gatherFacts(kubectl: Kubectl, groups: readonly LaneGroup[], calls = true): Promise<MeshFacts> {
  const { items, unread } = await gatherObjects(kubectl);
  const pods = readPods(items);
  const istio = readIstio(items);
  const [revisions, secrets, controlPlane, accessLogs] = await Promise.all([
    gatherRevisions(kubectl, items),
    gatherSecrets(kubectl, credentialNames(istio, groups)),
    gatherControlPlane(kubectl, pods),
    gatherAccessLogs(kubectl, calls ? groups : []),
  ]);
  return {
    at: Date.now(),
    namespaces: readNamespaces(items),
    services: readServices(items),
    workloads: readWorkloads(items),
    unread,
    pods,
    istio,
    secrets,
    controlPlane,
    revisions,
    accessLogs,
  };
}

/** All in one call. Where that fails over kinds that may be missing, each of these is asked for by itself. */
async function gatherObjects(kubectl: Kubectl) {
  const list = async (...wanted: string[]) =>
    readItems(await kubectl.run(["get", wanted.join(), "--all-namespaces", "--output", "json"]));
  const attempt = (...wanted: string[]) =>
    list(...wanted).catch((error: unknown) => {
      if (error instanceof KubectlError && furtherKinds.some((kind) => error.words.includes(kind))) return error;
      throw error;
    });
  const all = await attempt(...kinds, ...furtherKinds);
  if (!(all instanceof KubectlError)) return { items: all, unread: [] };
  const [items, ...further] = await Promise.all([list(...kinds), ...furtherKinds.map((kind) => attempt(kind))]);
  return {
    items: [...items, ...further.flatMap((found) => (found instanceof KubectlError ? [] : found))],
    unread: further.flatMap((found) => (found instanceof KubectlError ? [found.words.slice(0, 200)] : [])),
  };
}

/** Webhooks are of the whole cluster, and not everybody may list them: then what is known without them counts. */
async function gatherRevisions(kubectl: Kubectl, items: ReturnType<typeof readItems>): Promise<MeshRevisions> {
  const { controlPlanes, services } = revisionSources(items);
  try {
    const webhooks = readItems(await kubectl.run(["get", injectorKind, "--selector", tagLabel, "--output", "json"]));
    return meshRevisions({ controlPlanes, services, webhooks: revisionSources(webhooks).webhooks });
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    return meshRevisions({ controlPlanes, services, webhooks: [], problem: error.words.slice(0, 200) });
  }
}

/** Only secrets that the groups' own Gateways name are read. */
function credentialNames(istio: readonly IstioFact[], groups: readonly LaneGroup[]): string[] {
  const wanted = new Set(groups.map((group) => group.entry.gateway));
  const names = istio
    .filter(({ kind, namespace, name }) => kind === "Gateway" && wanted.has(`${namespace}/${name}`))
    .flatMap(({ spec }) => (Array.isArray(spec.servers) ? spec.servers : []))
    .map((server: { tls?: { credentialName?: unknown } }) => server.tls?.credentialName)
    .filter((name): name is string => typeof name === "string" && name !== "");
  return [...new Set(names)];
}

async function gatherSecrets(kubectl: Kubectl, names: readonly string[]): Promise<SecretFact[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const only = ["--all-namespaces", `--field-selector=metadata.name=${name}`];
      return readItems(await kubectl.run(["get", "secrets", ...only, "--output", "json"])).map(readSecret);
    }),
  );
  return found.flat();
}
