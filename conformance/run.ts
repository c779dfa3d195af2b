import { setTimeout as sleep } from "node:timers/promises";
import { renderAsm } from "../components/lanes/asm/render";
import { gatewayFilters, sidecarFilters } from "../components/lanes/istio/proxy-filters";
import { renderIstio } from "../components/lanes/istio/render";
import type { GatewayPods, RenderedObject } from "../components/lanes/object";
import type { LaneGroup, MeshKind } from "../components/lanes/spec";
import { poll } from "../tools/poll";
import { type ConformanceCase, cases, type Expected } from "./cases";
import { ConformanceClient } from "./client";
import { conformanceGroups, gatewayHosts, type PodSet, pods, serviceName, shapes } from "./groups";
import { judge, meets, type Seen } from "./judge";
import { LabCluster, type LabObject, type LabTarget } from "./lab/cluster";
import { labNamespace, labPods, labService, podPort } from "./lab/pods";

export interface ConformanceOptions {
  readonly cluster: LabTarget;
  /** Whose objects are applied. */
  readonly meshKind: MeshKind;
  /** Where the mesh's objects go; another API server on a managed mesh. */
  readonly mesh: LabTarget;
  /** The gateway's HTTP port, as this machine reaches it. */
  readonly gateway: URL;
  /** Number of that port in the gateway's Service. */
  readonly gatewayPort: number;
  readonly gatewayNamespace: string;
  readonly gatewayLabels: Readonly<Record<string, string>>;
  /** Image of the mock app, which the cluster must be able to pull or have. */
  readonly image: string;
  readonly namespace: string;
  /** What makes the mesh give the namespace's pods sidecars. */
  readonly injectionLabels: Readonly<Record<string, string>>;
  /** Leave everything as it is at the end. */
  readonly keep: boolean;
}

export interface CaseResult {
  readonly title: string;
  /** Undefined: passed. */
  readonly problem: string | undefined;
}

const requestsPerCase = 20;
/** The chance that a share of one half leaves one side below a quarter of these is under one in a million. */
const requestsForShares = 100;
const stickyClients = 6;
const webSocketsPerCase = 5;
/** How long a mesh may take to notice that a version has no pod, or has one again. */
const faultPatienceMs = 30_000;

/**
 * Deploys the suite, runs every case and removes it again. What a killed run left is removed first.
 *
 * @param report called as cases end, and with what is being done.
 * @throws when the suite cannot be deployed.
 */
export async function runConformance(
  options: ConformanceOptions,
  report: { readonly doing: (what: string) => void; readonly done: (result: CaseResult) => void },
): Promise<void> {
  const workloads = new LabCluster(options.cluster, options.namespace);
  const mesh = new LabCluster(options.mesh, options.namespace);
  const apart = JSON.stringify(options.cluster) !== JSON.stringify(options.mesh);
  const clean = async () => {
    await mesh.clean([options.gatewayNamespace]);
    if (apart) await workloads.clean([]);
  };
  report.doing("removing what an earlier run left");
  await clean();
  const client = new ConformanceClient(options.gateway);
  try {
    report.doing("deploying pods");
    const namespace = labNamespace(options.namespace, options.injectionLabels);
    if (apart) await mesh.apply([namespace]);
    await workloads.apply([namespace, ...workloadObjects(options)]);
    await workloads.ready(options.namespace);
    report.doing("applying lane groups");
    await mesh.apply([gatewayObject(options)]);
    if (options.meshKind === "istio") await applySharedFilters(mesh, options);
    const placement = { namespace: options.namespace, gateway: `${options.namespace}/${gatewayName}` };
    const groups = conformanceGroups(placement);
    const gateway = { namespace: options.gatewayNamespace, labels: options.gatewayLabels };
    await mesh.applyLanes(groups, (group) => render[options.meshKind](group, gateway));
    report.doing("sending requests");
    for (const test of cases.filter(({ fault }) => !fault)) {
      report.done({ title: test.title, problem: await runCase(client, test) });
    }
    for (const fault of faultsOf(cases)) await runFault(options, workloads, client, fault, report);
  } finally {
    client.close();
    if (!options.keep) {
      report.doing("removing everything");
      await clean();
    }
  }
}

/** What all groups share in the proxies' listeners. The gateway may have its own from whoever made it, which stays. */
async function applySharedFilters(mesh: LabCluster, options: ConformanceOptions): Promise<void> {
  const { gatewayNamespace: namespace, gatewayLabels: labels } = options;
  const filters = [sidecarFilters(options.namespace), gatewayFilters({ namespace, labels })];
  for (const { stage: _, ...filter } of filters) {
    const where = [filter.metadata.name, "--namespace", filter.metadata.namespace];
    const found = await mesh.kubectl(["get", "envoyfilter", ...where, "--ignore-not-found", "--output", "name"]);
    if (found.trim() === "") await mesh.apply([filter]);
  }
}

const render: Readonly<Record<MeshKind, (group: LaneGroup, gateway: GatewayPods) => RenderedObject[]>> = {
  istio: (group, gateway) => renderIstio(group, { gateway }),
  asm: renderAsm,
};

const gatewayName = "conformance";

function workloadObjects({ namespace, image }: ConformanceOptions): LabObject[] {
  const sets = Object.entries(pods).flatMap(([name, versions]) =>
    labPods({ ...{ namespace, name, image, versions }, forwardHeaders: ["baggage", "x-lane"], echoHeaders: ["host"] }),
  );
  const services = Object.entries(shapes).flatMap(([group, { services }]) =>
    services.map((service) =>
      labService({ name: serviceName(group, service.name), namespace, port: podPort, pods: service.pods }),
    ),
  );
  return [...sets, ...services];
}

function gatewayObject({ namespace, gatewayLabels, gatewayPort }: ConformanceOptions): LabObject {
  const port = { number: gatewayPort, name: "conformance", protocol: "HTTP" };
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name: gatewayName, namespace },
    spec: { selector: gatewayLabels, servers: [{ port, hosts: gatewayHosts }] },
  };
}

function servicesOf(group: string): string[] {
  return (shapes[group]?.services ?? []).map((service) => serviceName(group, service.name));
}

async function runCase(client: ConformanceClient, test: ConformanceCase): Promise<string | undefined> {
  const services = servicesOf(test.group);
  const send = (cookie?: string) => client.send(test.group, test.request, services, cookie);
  if (test.weights === "sticky") return runSticky(test, services, send);
  if (test.weights === "spread") return judge(test, await many(requestsForShares, send), services);
  return judge(test, await many(test.request.webSocket ? webSocketsPerCase : requestsPerCase, send), services);
}

/** New clients, each of which comes back with its cookie. */
async function runSticky(
  test: ConformanceCase,
  services: readonly string[],
  send: (cookie?: string) => Promise<Seen>,
): Promise<string | undefined> {
  for (let client = 0; client < stickyClients; client += 1) {
    const first = await send();
    const given = test.expected.find((expected) => meets(expected, first, services));
    const problem = judge(test, [first], services);
    if (problem !== undefined || !given) return problem;
    if (first.cookies.length !== 1) return `the first answer set ${first.cookies.length} cookies`;
    const again = await many(requestsPerCase, () => send(first.cookies[0]));
    const moved = judge({ ...test, expected: [given], weights: undefined }, again, services);
    if (moved !== undefined) return moved;
  }
  return undefined;
}

async function many(count: number, send: () => Promise<Seen>): Promise<Seen[]> {
  const answers: Seen[] = [];
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      answers.push(await send());
    }
  };
  await Promise.all(Array.from({ length: Math.min(10, count) }, worker));
  return answers;
}

interface Fault {
  readonly pods: PodSet;
  readonly version: string;
  readonly cases: readonly FaultCase[];
}
type FaultCase = ConformanceCase & { readonly fault: NonNullable<ConformanceCase["fault"]> };

/** Cases of one fault are run together, so that pods come and go once. */
function faultsOf(all: readonly ConformanceCase[]): Fault[] {
  const faults = new Map<string, Fault>();
  for (const test of all.filter((each): each is FaultCase => each.fault !== undefined)) {
    const key = `${test.fault.pods}-${test.fault.version}`;
    faults.set(key, { ...test.fault, cases: [...(faults.get(key)?.cases ?? []), test] });
  }
  return [...faults.values()];
}

async function runFault(
  options: ConformanceOptions,
  workloads: LabCluster,
  client: ConformanceClient,
  fault: Fault,
  report: { readonly doing: (what: string) => void; readonly done: (result: CaseResult) => void },
): Promise<void> {
  const name = `${fault.pods}-${fault.version}`;
  const problems = new Map<ConformanceCase, string>();
  const note = (test: ConformanceCase, problem: string | undefined) => {
    if (problem !== undefined && !problems.has(test)) problems.set(test, problem);
  };
  const watches = fault.cases.map((test) => new Watch(client, test));
  try {
    report.doing(`taking ${name} away`);
    await workloads.scale(options.namespace, name, 0);
    for (const test of fault.cases) note(test, await eventually(client, test));
    report.doing(`bringing ${name} back`);
    await workloads.scale(options.namespace, name, 1);
    for (const test of fault.cases) note(test, await eventually(client, { ...test, expected: [test.fault.restored] }));
  } finally {
    for (const watch of watches) note(watch.test, await watch.stop());
  }
  for (const test of fault.cases) report.done({ title: test.title, problem: problems.get(test) });
}

/** Passes once the answers are as expected; the mesh is given time to notice. */
async function eventually(client: ConformanceClient, test: ConformanceCase): Promise<string | undefined> {
  let problem: string | undefined;
  const passes = async (): Promise<boolean> => {
    problem = await runCase(client, test);
    return problem === undefined;
  };
  await poll(passes, { withinMs: faultPatienceMs, everyMs: 500 });
  return problem;
}

/**
 * Sends requests all the while. Where there is a fallback none may fail: each is answered by the lane or by what it falls
 * back to. Where there is none, no other version may answer.
 */
class Watch {
  private readonly answers: Seen[] = [];
  private stopped = false;
  private readonly running: Promise<void>;

  public constructor(
    client: ConformanceClient,
    public readonly test: FaultCase,
  ) {
    const services = servicesOf(test.group);
    this.running = (async () => {
      while (!this.stopped) {
        this.answers.push(await client.send(test.group, test.request, services));
        await sleep(100);
      }
    })();
  }

  public async stop(): Promise<string | undefined> {
    this.stopped = true;
    await this.running;
    const expected: Expected[] = [...this.test.expected, this.test.fault.restored];
    return judge({ ...this.test, expected }, this.answers, servicesOf(this.test.group));
  }
}
