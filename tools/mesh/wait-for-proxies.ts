import { setTimeout as sleep } from "node:timers/promises";
import { type Kubectl, type KubectlTarget, runKubectl, withKubeconfig } from "../kubectl/kubectl";
import { podForward } from "../kubectl/port-forward";
import { poll } from "../poll";
import type { Reporter } from "../report/reporter";
import { firstLine } from "../values";
import { type AskIstiod, askingIstiod } from "./ask-istiod";
import { groupLabel } from "./group-label";
import { type IstiodPath, istiodPodsRequest } from "./istiod";
import {
  configState,
  connectedProxies,
  goneObjects,
  lateProxies,
  readConfigz,
  readList,
  sentConfig,
  unreadObjects,
  waitedKinds,
} from "./proxy-sync";
import { sidecarPodsRequest } from "./sidecar-pods";

export interface ProxyWait {
  /** Admin kubeconfig as text. It lies in a file of this process only while it waits. None: nobody is asked. */
  readonly kubeconfig?: string;
  /** Values of the label `mesh-lanes/group` of the objects that were written: names of lane groups, mostly. */
  readonly groups: readonly string[];
  /** Where the control plane runs. */
  readonly namespace: string;
  /** How long to wait when istiod cannot be asked. */
  readonly blindSeconds: number;
}

/**
 * How a wait ended: `acknowledged`, `late` (not in time: a warning names what is missing, and the change goes on), or `blind`
 * (istiod could not be asked, so a fixed time was waited).
 */
export interface WaitResult {
  readonly result: "acknowledged" | "late" | "blind";
  /** What a late one waited for in vain. */
  readonly missing?: readonly string[];
}

/** Milliseconds. */
export interface Pace {
  /** How long proxies may take: one that is not ready, say, must not keep a lane from changing for ever. */
  readonly patience: number;
  /**
   * How long a proxy may be without a control plane: one that has lost its istiod looks for another for some seconds. Longer than
   * that it is detached for good, and every step of every change would wait for it in vain.
   */
  readonly detached: number;
  /**
   * Every lane group that changes asks: the later, the rarer.
   * The first pause must be longer than the quiet that istiod waits for before it pushes what it has read, which is 100 ms
   * (PILOT_DEBOUNCE_AFTER): changes of other groups put the push off, and until then proxies have acknowledged all that
   * they were sent.
   */
  readonly firstPause: number;
  readonly longestPause: number;
}

const usualPace: Pace = { patience: 60_000, detached: 20_000, firstPause: 300, longestPause: 1000 };

/**
 * Waits until istiod has read the groups' objects, and which of them are gone, and every proxy has acknowledged what it was sent
 * since. Every pod with a sidecar counts, and not only those that istiod knows: a proxy that hears of no change has not acknowledged it.
 */
export async function waitForProxies(wait: ProxyWait, reporter: Reporter): Promise<WaitResult> {
  if (wait.kubeconfig === undefined) {
    await sleep(wait.blindSeconds * 1000);
    return { result: "blind" };
  }
  try {
    return await withKubeconfig(wait.kubeconfig, (target) => waitOn(target, wait, reporter));
  } catch (error) {
    reporter.note(`istiod cannot be asked (${firstLine(error)}): waiting ${wait.blindSeconds} s instead`);
    await sleep(wait.blindSeconds * 1000);
    return { result: "blind" };
  }
}

function waitOn(target: KubectlTarget, wait: ProxyWait, reporter: Reporter): Promise<WaitResult> {
  const kubectl: Kubectl = (...args) => runKubectl(target, args);
  return askingIstiod(wait.namespace, kubectl, podForward(target), (ask) =>
    pollProxies(wait, { kubectl, ask }, reporter),
  );
}

/** How the cluster and the pods of istiod are asked. */
export interface MeshQuestions {
  readonly kubectl: Kubectl;
  readonly ask: AskIstiod;
}

/** The wait itself. @throws when istiod cannot be asked. */
export async function pollProxies(
  wait: Pick<ProxyWait, "groups" | "namespace">,
  { kubectl, ask }: MeshQuestions,
  reporter: Reporter,
  pace = usualPace,
): Promise<WaitResult> {
  const selector = ["-l", `${groupLabel} in (${wait.groups.join()})`, "-A", "-o", "json"];
  const list = async () => readList(await kubectl("get", Object.values(waitedKinds).join(), ...selector));
  const sidecarPods = async () => lines(await kubectl(...sidecarPodsRequest));
  const istiodPods = kubectl(...istiodPodsRequest(wait.namespace)).then(lines);
  const askAll = async (path: IstiodPath) => Promise.all((await istiodPods).map((istiod) => ask(istiod, path)));
  // The way to istiod opens while the cluster is asked. What istiod says may be older than the list: then it is asked again.
  const firsts = [list(), istiodPods, sidecarPods(), askAll("/debug/configz")] as const;
  const [firstList, istiods, firstSidecars, firstConfigs] = await Promise.all(firsts);
  let listed = firstList;
  let sidecars: readonly string[] | undefined = firstSidecars;
  let configs: readonly string[] | undefined = firstConfigs;
  if (istiods.length === 0) throw new Error(`no istiod in ${wait.namespace}`);

  const begin = performance.now();
  const detachedSince = () => performance.now() - begin >= Math.min(pace.detached, pace.patience);
  /** Until nothing is missing, and what istiod says is the same as one pause before. */
  const until = async (what: string, look: () => Promise<Look>): Promise<readonly string[]> => {
    let before: string | undefined;
    let all: readonly string[] = [];
    const settled = async (): Promise<readonly string[] | undefined> => {
      const { missing, detached = [], state } = await look();
      all = [...missing, ...detached];
      if (state === before) {
        if (all.length === 0) return [];
        // The others have all that they are going to get.
        if (missing.length === 0 && detachedSince()) return detached;
      }
      before = state;
      reporter.waiting(`${all.length} ${what}`);
      return undefined;
    };
    const withinMs = pace.patience - (performance.now() - begin);
    const everyMs = (round: number) => Math.min(pace.firstPause * 1.5 ** round, pace.longestPause);
    return (await poll(settled, { withinMs, everyMs })) ?? (all.length > 0 ? all : [`${what}: still changing`]);
  };
  const notRead = await until("objects to be read by istiod", async () => {
    const answers = (configs ?? (await askAll("/debug/configz"))).map(readConfigz);
    configs = undefined;
    const gone = answers.flatMap((read) => goneObjects(listed, read, wait.groups));
    const unread = answers.flatMap((read) => unreadObjects(listed, read));
    // What istiod has and was not listed may also be newer than the list.
    if (gone.length > 0) listed = await list();
    return {
      missing: [
        ...unread.map((key) => `${key}: not read by istiod`),
        ...gone.map((key) => `${key}: deleted, which istiod has not read`),
      ],
      state: answers.map(configState).join("\n"),
    };
  });
  const late = await until("proxies to acknowledge", async () => {
    // A pod that comes up later gets the newest config first thing, so the list is read again only where a pod of it is missing.
    const [answers, running] = await Promise.all([askAll("/debug/syncz"), sidecars ?? sidecarPods()]);
    sidecars = running;
    const connected = new Set(answers.flatMap(connectedProxies));
    const detached = running.filter((proxy) => !connected.has(proxy));
    if (detached.length > 0) sidecars = undefined;
    return {
      missing: answers.flatMap(lateProxies).map(({ proxy, waiting }) => `${proxy}: ${waiting.join(", ")}`),
      detached: detached.map((proxy) => `${proxy}: connected to no control plane, so it hears of no change`),
      state: answers.map(sentConfig).join("\n"),
    };
  });
  const missing = [...notRead, ...late];
  if (missing.length === 0) return { result: "acknowledged" };
  reporter.note(lateWarning(wait.groups, (performance.now() - begin) / 1000, missing));
  return { result: "late", missing };
}

interface Look {
  readonly missing: readonly string[];
  /** Proxies that no istiod knows. */
  readonly detached?: readonly string[];
  readonly state: string;
}

function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}

/** `lanes up` shows lines that begin so; plain `pulumi up` shows them under Diagnostics. */
function lateWarning(groups: readonly string[], seconds: number, missing: readonly string[]): string {
  return [
    `warning: lane group ${groups.join(", ")}: not every proxy has acknowledged the change after ${Math.round(seconds)} s, and the update continues without them.`,
    "Requests through these may take the old routes, or fail until they have the new ones (`lanes status` tells more):",
    ...missing.map((line) => `- ${line}`),
  ].join(" ");
}
