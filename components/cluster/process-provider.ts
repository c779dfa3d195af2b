import type * as childProcess from "node:child_process";
import { join, relative } from "node:path";
import type { dynamic } from "@pulumi/pulumi";
import { lanesScript } from "../../tools/paths";

/** What a process-backed resource is told to do; plain data, because it becomes part of the text in the state. */
export interface ProcessProviderSpec {
  /** Prefix of the verbs: `node` runs `node-apply`, `node-inspect`, `node-delete`. */
  readonly noun: "node" | "images" | "proxies" | "membership" | "meshgone" | "dataplane" | "gateway" | "controlplane";
  /** Inputs that the process gets; everything else in the state (a kubeconfig, say) stays out of it. */
  readonly inputs: readonly string[];
  /** Inputs that change by themselves, such as credentials: they are handed on, but are no reason for an update. */
  readonly renewed?: readonly string[];
  /** Inputs whose change makes a new thing instead of changing the old one. */
  readonly replaceOn: readonly string[];
  /** Whether the thing can be lost behind Pulumi's back: inspected on each diff, and deleted on destroy. */
  readonly watched: boolean;
  /** Whether it is deleted on destroy although nobody inspects it. @default false */
  readonly removed?: boolean;
}

/** Answer of `node-inspect`. */
interface Inspection {
  readonly state: "running" | "broken" | "stopped" | "absent";
  readonly identity?: string;
}

/** Calls a verb with JSON and gives back JSON; rejects with the message that the process printed. */
export type RunVerb = (verb: string, request: Record<string, unknown>) => Promise<Record<string, unknown>>;

/**
 * The CRUD functions of a process-backed resource.
 *
 * Its own source text is what Pulumi keeps in the state (see {@link processProviderText}), so it must use nothing from
 * outside but its arguments.
 */
export function createProcessProvider(spec: ProcessProviderSpec, run: RunVerb): dynamic.ResourceProvider {
  type Props = Record<string, unknown>;
  const request = (props: Props): Props => Object.fromEntries(spec.inputs.map((key) => [key, props[key]]));
  const differs = (olds: Props, news: Props) => (key: string) =>
    JSON.stringify(olds[key]) !== JSON.stringify(news[key]);
  const inspect = async (props: Props): Promise<Inspection> =>
    (await run(`${spec.noun}-inspect`, request(props))) as unknown as Inspection;
  const apply = async (news: Props): Promise<Props> => ({
    ...news,
    ...(await run(`${spec.noun}-apply`, request(news))),
  });
  return {
    create: async (news: Props) => ({ id: `${news.kind}/${news.name}`, outs: await apply(news) }),
    update: async (_id: string, _olds: Props, news: Props) => ({ outs: await apply(news) }),
    async diff(_id: string, olds: Props, news: Props) {
      const changed = spec.inputs.filter((key) => !spec.renewed?.includes(key)).filter(differs(olds, news));
      const replaces = spec.replaceOn.filter((key) => changed.includes(key));
      if (changed.length > 0 || !spec.watched) {
        return { changes: changed.length > 0, replaces, deleteBeforeReplace: true };
      }
      const seen = await inspect(olds);
      // A thing that is gone is recreated by an update, not by a replacement: Pulumi would first delete all that ran on
      // it, through a provider that cannot answer. The new identity replaces the provider, and with it all the rest.
      const replaced = seen.identity !== undefined && seen.identity !== olds.identity;
      return { changes: seen.state !== "running" || replaced };
    },
    async read(id: string, props: Props) {
      if (!spec.watched) return { id, props };
      const seen = await inspect(props);
      return seen.state === "absent" ? { id: "", props: {} } : { id, props };
    },
    async delete(_id: string, props: Props) {
      if (spec.watched || spec.removed)
        await run(`${spec.noun}-delete`, { ...request(props), identity: props.identity });
    },
  };
}

/**
 * Runs `lanes internal <verb>` in the folder of the program, which is where the engine starts its provider processes.
 * Progress of the process goes to stderr and so into Pulumi's own log.
 *
 * Part of the text in the state like {@link createProcessProvider}: it uses nothing from outside.
 *
 * @param script of the command `lanes`.
 */
export function runInternalVerb(
  script: string,
  verb: string,
  request: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { spawn } = require("node:child_process") as typeof childProcess;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, "internal", verb], { stdio: ["pipe", "pipe", "inherit"] });
    let answer = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      answer += chunk;
    });
    child.on("error", reject);
    // A process that fails early closes its stdin; its exit code tells more than EPIPE does.
    child.stdin.on("error", () => {});
    child.stdin.end(JSON.stringify(request));
    child.on("close", (code, signal) => {
      try {
        const result = JSON.parse(answer);
        if (code === 0) resolve(result);
        else reject(new Error(result.error));
      } catch {
        reject(new Error(`lanes internal ${verb} ended with ${signal ?? `exit code ${code}`} and no answer`));
      }
    });
  });
}

/** Inputs of a process-backed resource that is known by what it is and its own name. */
export function processInputs(spec: ProcessProviderSpec, name: string, args: object): Record<string, unknown> {
  return { ...args, kind: spec.noun, name, __provider: processProviderText(spec) };
}

/**
 * The module text that Pulumi's dynamic provider process loads: it exports `handler`, which returns the provider.
 *
 * Pulumi would make such a text itself from a closure, but needs the TypeScript compiler for that (0.3 s of each run),
 * and would put into it whatever the closure happens to see. This one is the two functions above and nothing else.
 */
export function processProviderText(spec: ProcessProviderSpec): string {
  return [
    createProcessProvider.toString(),
    runInternalVerb.toString(),
    `exports.handler = () => ${createProcessProvider.name}(${JSON.stringify(spec)}, ${verbRunner()});`,
    "",
  ].join("\n");
}

/**
 * An expression of the type `RunVerb`, for a text that has `runInternalVerb`.
 *
 * @param script of the command: relative where the program's folder is the checkout, so that the state of a stack does not
 * tell where that is; else the path of this package on this machine, which every update writes into the state again.
 */
export function verbRunner(script = ownScript()): string {
  return `(verb, request) => ${runInternalVerb.name}(${JSON.stringify(script)}, verb, request)`;
}

function ownScript(): string {
  const fromHere = relative(process.cwd(), lanesScript);
  return fromHere === join("bin", "lanes.js") ? fromHere : lanesScript;
}
