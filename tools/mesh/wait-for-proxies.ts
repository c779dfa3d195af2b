import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import execa from "execa";
import type { Reporter } from "../report/reporter";
import { settingsOf } from "../toolchain/settings";
import { lateProxies, unreadObjects } from "./proxy-sync";

export interface ProxyWait {
  /** Admin kubeconfig as text. It lies in a file of this process only while it waits. None: nobody is asked. */
  readonly kubeconfig?: string;
  /** Value of the label `mesh-lanes/group` of the objects that were written: the name of a lane group, mostly. */
  readonly group: string;
  /** Where the control plane runs. */
  readonly namespace: string;
  /** How long to wait when istiod cannot be asked. */
  readonly blindSeconds: number;
}

/** How long proxies may take: one that is not ready, say, must not keep a lane from changing for ever. */
const patienceMs = 60_000;
/** Kinds of Istio objects that this project writes. */
const waitedKinds = [
  ...["destinationrules", "virtualservices", "envoyfilters", "sidecars"],
  ...["authorizationpolicies", "peerauthentications"],
];
/** istiod collects events for 100 ms of quiet before it pushes (PILOT_DEBOUNCE_AFTER). */
const debounceMs = 400;

/**
 * Waits until istiod has read the group's objects and every proxy has acknowledged what it was sent since.
 *
 * @returns how it ended: `acknowledged`, `late` (some proxies did not within a minute; they are named in the log), or
 * `blind` (istiod could not be asked, so a fixed time was waited).
 */
export async function waitForProxies(
  wait: ProxyWait,
  reporter: Reporter,
): Promise<{ result: "acknowledged" | "late" | "blind" }> {
  if (wait.kubeconfig === undefined) {
    await sleep(wait.blindSeconds * 1000);
    return { result: "blind" };
  }
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-"));
  try {
    const file = join(folder, "kubeconfig");
    writeFileSync(file, wait.kubeconfig, { mode: 0o600 });
    const kubectl = kubectlWith(file);
    return { result: await poll(wait, kubectl, reporter) };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    reporter.note(`istiod cannot be asked (${why}): waiting ${wait.blindSeconds} s instead`);
    await sleep(wait.blindSeconds * 1000);
    return { result: "blind" };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Kubectl = (...args: string[]) => Promise<string>;

function kubectlWith(kubeconfig: string): Kubectl {
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    PATH: [join(settingsOf().home, "bin"), process.env.PATH].filter(Boolean).join(delimiter),
  };
  return async (...args) =>
    (await execa("kubectl", args, { env, extendEnv: false, stdin: "ignore", timeout: 30_000 })).stdout;
}

async function poll(wait: ProxyWait, kubectl: Kubectl, reporter: Reporter): Promise<"acknowledged" | "late"> {
  const selector = ["-l", `mesh-lanes/group=${wait.group}`, "-A", "-o", "json"];
  const listed = await kubectl("get", waitedKinds.join(","), ...selector);
  const pods = await kubectl("get", "pods", "-n", wait.namespace, "-l", "app=istiod", "-o", "name");
  const istiods = pods.split("\n").filter(Boolean);
  if (istiods.length === 0) throw new Error(`no istiod in ${wait.namespace}`);
  const ask = (istiod: string, path: string) =>
    kubectl("exec", "-n", wait.namespace, istiod, "-c", "discovery", "--", "pilot-discovery", "request", "GET", path);
  const askAll = async (path: string, read: (answer: string) => string[]) =>
    (await Promise.all(istiods.map((istiod) => ask(istiod, path)))).flatMap(read);

  const end = performance.now() + patienceMs;
  const until = async (what: string, left: () => Promise<string[]>): Promise<string[]> => {
    let missing = await left();
    while (missing.length > 0 && performance.now() < end) {
      reporter.waiting(`${missing.length} ${what}`);
      await sleep(200);
      missing = await left();
    }
    return missing;
  };
  const unread = await until("objects to be read by istiod", () =>
    askAll("/debug/configz", (answer) => unreadObjects(listed, answer)),
  );
  await sleep(debounceMs);
  const late = await until("proxies to acknowledge", () => askAll("/debug/syncz", lateProxies));
  if (unread.length + late.length === 0) return "acknowledged";
  reporter.note(`not acknowledged within ${patienceMs / 1000} s: ${[...unread, ...late].join(", ")}`);
  return "late";
}
