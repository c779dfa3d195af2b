import { existsSync } from "node:fs";
import { join } from "node:path";
import { takeInventory } from "../components/import/inventory";
import { type KubeObject, type RawDocument, readObjects } from "../components/import/objects";
import { proposeLaneGroup } from "../components/import/propose";
import { nothingInNamespaces } from "../components/import/refusals";
import { type EntryRequest, laneRequest } from "../components/lanes/lane-request";
import type { LaneGroup } from "../components/lanes/spec";
import { isDnsName } from "../components/lanes/syntax";
import { shellCommand } from "../components/shell";
import { gatewayName } from "../config/gateway/gateway";
import { parseStackConfig } from "../config/parse";
import type { StackConfig } from "../config/stack";
import { projectRoot } from "../tools/paths";
import { type Problem, UserError } from "../tools/user-error";
import { parseCalls, parseProtocols } from "./import/flags";
import { type LiveCluster, readCluster } from "./import/live";
import { type ReadManifests, readManifests } from "./import/read";
import { importReport } from "./import/report";
import { importedStackFile } from "./import/stack-file";
import { ownGateway, stackValues } from "./import/stack-values";
import { writeNewStackFile } from "./stack/new-file";
import { schemaLine } from "./stack/schema-line";
import { updateCommand } from "./update-command";

export interface ImportCommandOptions {
  readonly stack?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: readonly string[];
  readonly group?: string;
  readonly entry?: string;
  /** `namespace/name` of a Gateway that exists. */
  readonly gateway?: string;
  readonly versionLabel?: string;
  readonly clusterDomain?: string;
  readonly calls: readonly string[];
  readonly protocol: readonly string[];
  readonly service?: readonly string[];
  readonly without?: readonly string[];
  readonly json: boolean;
}

/** What the command takes from its surroundings. */
export interface ImportSurroundings {
  readonly folder: string;
  readonly manifests: (paths: readonly string[]) => ReadManifests;
  readonly cluster: (cluster: LiveCluster) => Promise<readonly RawDocument[]>;
}

const surroundings: ImportSurroundings = { folder: projectRoot, manifests: readManifests, cluster: readCluster };

/**
 * `lanes import`: a stack config with a lane group for services that exist, from their manifests or from a live cluster.
 *
 * @returns what goes to stdout and to stderr.
 * @throws UserError when a flag is wrong, or nothing of what was read can be in lanes.
 */
export async function importLanes(
  paths: readonly string[],
  options: ImportCommandOptions,
  around: ImportSurroundings = surroundings,
): Promise<{ readonly text: string; readonly note: string }> {
  const problems = flagProblems(paths, options, around.folder);
  const calls = parseCalls(options.calls, problems);
  const protocols = parseProtocols(options.protocol, problems);
  if (problems.length > 0) throw new UserError("lanes import cannot run like this", problems);

  const { kubeconfig = "kubeconfig.yaml", context = "admin", namespace = [] } = options;
  const manifests =
    paths.length > 0
      ? around.manifests(paths)
      : { documents: await around.cluster({ kubeconfig, context, namespaces: namespace }), broken: [], others: 0 };
  const read = readObjects(manifests.documents, namespace[0]);
  const looked = read.objects.filter((object) => namespace.length === 0 || isLookedAt(object, namespace));
  const broken = [...manifests.broken, ...read.broken];
  const own = looked.filter(isOfSystem);
  if (namespace.length > 0 && own.every(({ kind }) => kind === "Namespace"))
    throw nothingInNamespaces(
      namespace,
      read.objects.map((object) => object.namespace),
      broken,
    );
  const inventory = takeInventory({ ...read, broken, objects: own }, manifests.others);
  const proposal = proposeLaneGroup(inventory, (group) => options.gateway ?? gatewayName(ownGateway(group)), {
    ...{ calls, protocols },
    ...(options.group !== undefined && { group: options.group }),
    ...(options.entry !== undefined && { entry: options.entry }),
    ...(options.versionLabel !== undefined && { versionLabel: options.versionLabel }),
    ...(options.clusterDomain !== undefined && { clusterDomain: options.clusterDomain }),
    ...(options.service && { only: options.service }),
    ...(options.without && { without: options.without }),
  });
  const values = stackValues(proposal, { kubeconfig, context }, looked);
  const { laneGroups } = mustPass(values);

  if (options.json) {
    const { findings, commands } = proposal;
    const notRead = inventory.broken;
    return { text: `${JSON.stringify({ config: values, findings, commands, notRead }, null, 2)}\n`, note: "" };
  }
  const file = importedStackFile(values, proposal, schemaLine(around.folder));
  const report = `${importReport(proposal, inventory)}\n`;
  if (options.stack === undefined) return { text: file, note: report };
  writeNewStackFile(options.stack, around.folder, file, "lanes import wrote nothing");
  return {
    text: `${report}\n${next(options.stack, laneGroups)}`,
    note: "",
  };
}

/** What the mesh itself runs is none of the system's services; routes may be anywhere. */
function isOfSystem({ namespace, api }: KubeObject): boolean {
  return namespace !== "istio-system" || api.endsWith("istio.io") || api === "gateway.networking.k8s.io";
}

function isLookedAt({ kind, name, namespace }: KubeObject, wanted: readonly string[]): boolean {
  return kind === "Namespace" ? wanted.includes(name) : wanted.includes(namespace) || namespace === "istio-system";
}

function flagProblems(paths: readonly string[], options: ImportCommandOptions, folder: string): Problem[] {
  const { stack, kubeconfig, context, clusterDomain } = options;
  const problems: Problem[] = [];
  const live = [kubeconfig, context].filter((value) => value !== undefined).length;
  if (paths.length === 0 && live < 2) {
    const expected = "manifests, or a cluster by --kubeconfig and --context: an ambient kubeconfig is never used";
    const fix = "Name files or folders, - for stdin, or both flags.";
    problems.push({ path: "lanes import", got: live === 0 ? "nothing to import" : "half a cluster", expected, fix });
  }
  if (stack !== undefined && !/^[A-Za-z0-9_.-]+$/.test(stack)) {
    const expected = "a name of letters, digits, '-', '_' and '.'";
    problems.push({ path: "--stack", got: `got "${stack}"`, expected, fix: "Choose another name, such as shop." });
  } else if (stack !== undefined && existsSync(join(folder, `Pulumi.${stack}.yaml`))) {
    const got = `there is a Pulumi.${stack}.yaml`;
    const fix = "Name another stack, or leave --stack out and take what you need from stdout.";
    problems.push({ path: "--stack", got, expected: "the name of a stack that has no file", fix });
  }
  if (clusterDomain !== undefined && !isDnsName(clusterDomain)) {
    const got = `got "${clusterDomain}"`;
    const fix = "Write it as kubelet has it.";
    problems.push({ path: "--cluster-domain", got, expected: "a DNS domain such as cluster.local", fix });
  }
  return problems;
}

/** A proposal that the config's own check refuses is a bug, unless it is about a name that the user gave. */
function mustPass(values: Record<string, unknown>): StackConfig {
  try {
    return parseStackConfig(values);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      "The proposal does not pass the check of stack config. If it is not for a name that you gave, this is a bug of mesh-lanes; please report it.",
      error.problems,
    );
  }
}

/** Requests are made up from the entry's rules, and so are some that they take: one of each group, in its last lane if it has one. */
function next(stack: string, groups: readonly LaneGroup[]): string {
  const requests = groups.flatMap((group) => {
    const inLanes = group.lanes.map((lane) => laneRequest(group, lane));
    return inLanes.flatMap((made) => ("request" in made ? [made.request] : [])).slice(-1);
  });
  return [
    `wrote Pulumi.${stack}.yaml`,
    shellCommand("npx", "lanes", "matrix", "--stack", stack),
    ...requests.map((request) => shellCommand("npx", "lanes", "explain", "--stack", stack, ...requestFlags(request))),
    `PULUMI_CONFIG_PASSPHRASE=... ${updateCommand(stack)}    # a passphrase of yours: the state holds your kubeconfig`,
    "",
  ].join("\n");
}

/** @returns a host of nobody's, where any will do. */
function requestFlags({ host = "shop.example.com", path, method, headers }: EntryRequest): string[] {
  return [
    ...["--host", host, "--path", path],
    ...(method === undefined ? [] : ["--method", method]),
    ...Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
  ];
}
