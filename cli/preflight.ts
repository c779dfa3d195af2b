import { randomBytes } from "node:crypto";
import { callPath } from "../apps/mock/grpc/names";
import { entryParts } from "../components/lanes/entries/parts";
import { rewriteOf, rewritten } from "../components/lanes/entries/rewrite";
import { serviceOfUrl } from "../components/lanes/hosts";
import { furtherLanePorts } from "../components/lanes/ports";
import { forwardedHeader, nothingToProbe, portKey, unaskedPorts } from "../components/lanes/preflight/probes";
import { istioProtocol } from "../components/lanes/protocol";
import type { LaneGroup } from "../components/lanes/spec";
import type { StackConfig } from "../config/stack";
import { protocolOf } from "../config/workloads/args";
import { podForward } from "../tools/kubectl/port-forward";
import { LineReporter } from "../tools/report/reporter";
import { UserError } from "../tools/user-error";
import { chooseGroups } from "./choose-groups";
import { type GroupPreflight, preflightReport } from "./preflight/report";
import { runProbes } from "./preflight/run-probes";
import { requireRunningNode } from "./stack/node";
import { readStack } from "./stack/read";
import { kubectl, kubectlTarget } from "./status/kubectl";

export interface PreflightOptions {
  readonly stack: string;
  readonly group?: readonly string[];
  /** `service=/path`, or `service:port=/path` of a further port */
  readonly path: readonly string[];
  readonly json: boolean;
}

/** Finds out which service loses the lane, before a lane is opened. @returns whether every call carries it. */
export async function preflight(options: PreflightOptions): Promise<boolean> {
  const config = readStack(options.stack);
  const groups = chooseGroups(config.laneGroups, options.group);
  const named = readPaths(options.path, groups);
  requireRunningNode(config, options.stack);
  const target = kubectlTarget(config.cluster);
  const tools = { kubectl: kubectl(target), forward: podForward(target) };
  const reporter = new LineReporter(1);
  reporter.phase("send a marked request through every call");
  const results: GroupPreflight[] = [];
  for (const group of groups) {
    const common = { group: group.name, forwards: forwardedHeader(group), edges: [], unasked: [] };
    const skipped = nothingToProbe(group);
    if (skipped !== undefined) {
      results.push({ ...common, skipped });
      continue;
    }
    reporter.waiting(`group ${group.name}`);
    const paths = { ...defaultPaths(group, config), ...named };
    const edges = await runProbes(group, { ...tools, paths, id: randomBytes(4).toString("hex") });
    results.push({ ...common, edges, unasked: unaskedPorts(group, paths) });
  }
  reporter.done();
  process.stdout.write(`${options.json ? JSON.stringify(results, null, 2) : preflightReport(results)}\n`);
  return results.every(({ edges }) => edges.every(({ outcome }) => outcome === "carried"));
}

/**
 * The path by which its caller calls a service, from the workloads; that of the entry for those behind the gateway; else `/`. The
 * mock app's own method where it speaks gRPC.
 */
export function defaultPaths(
  group: LaneGroup,
  { workloads }: Pick<StackConfig, "workloads">,
): Readonly<Record<string, string>> {
  const called = workloads.flatMap(({ calls, namespace }) => {
    const service = serviceOfUrl(calls, namespace, group.clusterDomain);
    return service && calls !== undefined ? [{ service, url: new URL(calls) }] : [];
  });
  // A probe goes straight to a pod, so its path is what the gateway makes of it.
  const entries = new Map(
    entryParts(group).map(({ service, route }) => {
      const path = route ? route.path : group.entry.path;
      const plain = path && path.kind !== "regex" ? path.value : "/";
      const rewrite = route && rewriteOf(route);
      return [service.name, rewrite ? rewritten(rewrite, plain) : plain];
    }),
  );
  const further = group.services.flatMap((service) => {
    const own = workloads.find(({ name, namespace }) => name === service.name && namespace === service.namespace);
    const spoken = own?.app === "mock" && protocolOf(own) === "http" ? own.ports : [];
    const grpc = furtherLanePorts(service).filter((port) =>
      spoken.some((each) => each.port === port && istioProtocol(each).name === "gRPC"),
    );
    return grpc.map((port) => [portKey(service, port), callPath] as const);
  });
  return Object.fromEntries([
    ...further,
    ...group.services.map(({ name, namespace }) => {
      const own = workloads.find((workload) => workload.name === name && workload.namespace === namespace);
      if (own?.app === "mock" && protocolOf(own) === "grpc") return [name, callPath];
      const call = called.find(({ service }) => service.name === name && service.namespace === namespace);
      if (call) return [name, call.url.pathname + call.url.search];
      return [name, entries.get(name) ?? "/"];
    }),
  ]);
}

/** @throws UserError with every flag that is wrong. */
export function readPaths(flags: readonly string[], groups: readonly LaneGroup[]): Readonly<Record<string, string>> {
  const services = new Set(
    groups.flatMap((group) =>
      group.services.flatMap((service) => [
        service.name,
        ...furtherLanePorts(service).map((port) => portKey(service, port)),
      ]),
    ),
  );
  const read = flags.map((flag) => {
    const at = flag.indexOf("=");
    return { flag, service: flag.slice(0, Math.max(at, 0)), path: flag.slice(at + 1) };
  });
  const problems = read.flatMap(({ flag, service, path }) =>
    services.has(service) && path.startsWith("/")
      ? []
      : [
          {
            path: "--path",
            got: `got ${JSON.stringify(flag)}`,
            expected: `<service>=/path, with one of ${[...services].join(", ")}`,
            fix: "Name a service and a path, such as mockb=/mock.",
          },
        ],
  );
  if (problems.length > 0) throw new UserError("a flag is wrong", problems);
  return Object.fromEntries(read.map(({ service, path }) => [service, path]));
}
