import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gatewayName, gatewayPods } from "../config/gateway/gateway";
import type { StackConfig } from "../config/stack";
import { fetchOutside } from "../tools/http/outside";
import { withLock } from "../tools/lock";
import { projectRoot, workFolder } from "../tools/paths";
import { LineReporter } from "../tools/report/reporter";
import { UserError } from "../tools/user-error";
import { firstLine } from "../tools/values";
import { isAccountStack } from "./account-stack";
import { terminal } from "./lifecycle/ask";
import { copiesStep } from "./rollout/copies";
import { eventJson, eventText, type RolloutEvent, weightsText } from "./rollout/events";
import { groupConfig } from "./rollout/group-config";
import { LiveView } from "./rollout/live/live";
import { type PrometheusPlan, type RolloutFlags, type RolloutPlan, rolloutPlan, timeText } from "./rollout/options";
import { type PrometheusServer, tokenVariable, whyNot } from "./rollout/prometheus";
import { watchProxies } from "./rollout/proxies";
import { requireRollout, rollOut, stepsLeft, type World } from "./rollout/run";
import { stateFile } from "./rollout/state";
import { requireRunningNode } from "./stack/node";
import { readStack } from "./stack/read";
import { stackKubectl } from "./status/kubectl";
import { up } from "./up";

/** Milliseconds that a URL of `--check` may take. */
const checkPatience = 10_000;

/** `lanes rollout`. @returns whether the lane was rolled out, or the plan shown. */
export async function rollout(lane: string, flags: RolloutFlags): Promise<boolean> {
  const plan = rolloutPlan(lane, flags);
  const { stack } = flags;
  const stackConfig = readStack(stack);
  refuseAccount(stackConfig, stack);
  const config = groupConfig(stack, flags.group, lane, projectRoot);
  const { group, weights } = config.read();
  const state = stateFile(workFolder, stack, group.name, lane);
  refuseCopiesOnAsm(plan, stackConfig);
  await requireRollout(plan, config, state.load());
  if (flags.dryRun) {
    process.stdout.write(`${planText(plan, weights, flags.json)}\n`);
    return true;
  }
  // Not of one that is under way: it may be why the lane is to be rolled back.
  if (plan.prometheus && !state.load() && !weights[lane]) await requireAnswers(plan.prometheus);
  await mayBegin(plan, flags, weights);
  requireRunningNode(stackConfig, stack);
  const folder = join(workFolder, "rollout");
  const reporter = new LineReporter(1);
  return withLock(
    join(folder, `${encodeURIComponent(stack)}.lock`),
    `rolling out a lane of stack ${stack}`,
    reporter,
    async () => {
      const stop = new AbortController();
      const interrupted = () => {
        process.stderr.write("stopping after what is under way; once more ends at once\n");
        stop.abort();
      };
      // The second one has Node.js's own meaning.
      process.once("SIGINT", interrupted);
      process.once("SIGTERM", interrupted);
      const teller = tellerOf(plan, flags);
      try {
        const result = await rollOut(plan, {
          ...{ config, stopped: stop.signal },
          ...teller.told,
          ...worldOf(stackConfig, stack, stop.signal),
          state,
        });
        return result === "done" || result === "promoted";
      } finally {
        process.off("SIGINT", interrupted);
        process.off("SIGTERM", interrupted);
        teller.end();
      }
    },
  );
}

/** Where it is said how the rollout goes, and who is asked. */
interface Teller {
  readonly told: Pick<World, "say" | "saw" | "ask">;
  end(): void;
}

/** A live picture in a terminal, lines elsewhere, and JSON for programs. */
function tellerOf(plan: RolloutPlan, { json }: RolloutFlags): Teller {
  const { stdout, stderr, env } = process;
  if (json || !stdout.isTTY || env.TERM === "dumb") {
    const say = (event: RolloutEvent) => {
      stdout.write(`${json ? eventJson(event, new Date()) : eventText(event)}\n`);
    };
    return { told: { say, ask: terminal.ask }, end: () => {} };
  }
  const { lane: canary, steps, patience } = plan;
  const view = new LiveView({ canary, steps, patience }, stdout, stderr.isTTY ? [stderr] : []);
  return {
    told: {
      say: (event) => view.say(event),
      saw: (seen) => view.saw(seen),
      ask: (question) => view.asking(() => terminal.ask(question)),
    },
    end: () => view.end(),
  };
}

function worldOf(
  { gateway, gateways, cluster }: StackConfig,
  stack: string,
  signal: AbortSignal,
): Pick<World, "update" | "watch" | "check" | "query" | "now" | "sleep"> {
  const kubectl = stackKubectl(cluster, stack);
  return {
    update: () => up({ stack, requests: 1, verify: false, quiet: true }),
    watch: (group, requests) => {
      const own = [gateway, ...gateways].find((each) => gatewayName(each) === group.entry.gateway) ?? gateway;
      return watchProxies(group, gatewayPods(own), kubectl, requests);
    },
    check: async (url) => {
      try {
        const { status, body } = await fetchOutside(url, {
          redirect: "manual",
          signal: AbortSignal.any([signal, AbortSignal.timeout(checkPatience)]),
        });
        await body?.cancel();
        return status < 400 ? undefined : `answered ${status}`;
      } catch (error) {
        return signal.aborted ? undefined : firstLine(error);
      }
    },
    query: (server, query) => whyNot(prometheusAt(server), query, signal),
    now: () => performance.now(),
    sleep: (milliseconds) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
  };
}

function prometheusAt(url: string): PrometheusServer {
  const token = process.env[tokenVariable];
  return { url, ...(token && { token }) };
}

/** A query that cannot be answered, or does not hold for the baseline alone, would roll any lane back. */
async function requireAnswers({ url, queries }: PrometheusPlan): Promise<void> {
  const server = prometheusAt(url);
  const asked = queries.map(async (query) => ({
    query,
    why: await whyNot(server, query, new AbortController().signal),
  }));
  const problems = (await Promise.all(asked)).flatMap(({ query, why }) =>
    why === undefined
      ? []
      : [
          {
            path: "--query",
            got: `${query}: ${why}`,
            expected: `a condition that holds now, asked at ${url}`,
            fix: `Try it in Prometheus. Series without data: \`… or vector(0)\`. A token goes into ${tokenVariable}.`,
          },
        ],
  );
  if (problems.length > 0) throw new UserError("nothing was changed", problems);
}

async function mayBegin(plan: RolloutPlan, { yes, json, approve }: RolloutFlags, weights: Weights): Promise<void> {
  const asks = !yes || approve;
  if (asks && (json || !terminal.terminal)) {
    const fix = approve ? "Run it in a terminal, or leave out --approve." : "Add --yes, or --dry-run to look.";
    throw new UserError("nothing was changed", [
      { path: "lanes rollout", got: "nobody can be asked here", expected: "a terminal, or --yes", fix },
    ]);
  }
  if (yes) return;
  process.stdout.write(`${planText(plan, weights, false)}\n`);
  if (!(await terminal.ask("Begin?"))) throw new UserError("nothing was changed");
}

type Weights = Readonly<Record<string, number>>;

/** What would be done. */
function planText(plan: RolloutPlan, weights: Weights, json: boolean): string {
  const { lane, pause, limits, promote, checks, prometheus } = plan;
  const steps = stepsLeft(plan.steps, weights[lane] ?? 0);
  if (json) return JSON.stringify({ format: "mesh-lanes/rollout-plan/1", ...plan, weights, left: steps }, null, 2);
  const increase = `more than ${limits.maxErrorIncrease * 100} points more errors`;
  const slow = limits.maxLatency === undefined ? "slower" : `more requests over ${limits.maxLatency} ms`;
  return [
    `now ${weightsText(weights)}`,
    ...steps.map((step) => `  ${stepText(step, plan)}, update, watch for ${timeText(pause)}`),
    ...(promote ? [`  promote ${lane}, update`] : []),
    `rolled back where a hop of ${lane} has ${increase} or is ${slow} than the baseline, by chance once in 200 steps at most`,
    ...checks.map((url) => `or where ${url} fails three times in a row`),
    ...(prometheus?.queries ?? []).map((query) => `or where ${query} does not hold three times in a row`),
  ].join("\n");
}

function stepText(step: number, { lane, copies }: RolloutPlan): string {
  return step === copiesStep ? `copies of ${copies} % of the requests to ${lane}` : `${lane} to ${step} %`;
}

/** There, the copies have the baseline's name on them, and logs tell no lane. */
function refuseCopiesOnAsm({ steps }: RolloutPlan, { mesh }: StackConfig): void {
  if (mesh.kind !== "asm" || !steps.includes(copiesStep)) return;
  const got = "step 0 on Alibaba Cloud Service Mesh (ASM), where copies do not stay in their lane";
  const fix = `Begin with --steps ${steps.filter((step) => step > 0).join()}.`;
  throw new UserError("nothing was changed", [{ path: "--steps", got, expected: "steps from 1 on", fix }]);
}

/** There, `pulumi up` asks by itself, and where the cluster is, only its program knows. */
function refuseAccount(config: StackConfig, stack: string): void {
  if (!isAccountStack(config)) return;
  throw new UserError("lanes rollout cannot work on this stack", [
    {
      path: `stack ${stack}`,
      got: `a cluster of kind ${config.cluster.kind}, with its state in a backend of yours`,
      expected: "a cluster of kind auto, embedded, kind or existing",
      fix: `Take the steps by hand: \`lanes shift\`, then \`pulumi up --stack ${stack}\`.`,
    },
  ]);
}
