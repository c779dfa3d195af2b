import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { withLock } from "../lock";
import { poll } from "../poll";
import type { Reporter } from "../report/reporter";
import { NodeApi } from "./api";
import { cgroupPids, createCgroups } from "./cgroups";
import type { ComponentName } from "./components";
import { componentNames, components } from "./components";
import type { NodeConfig } from "./config";
import { nodeLock, nodePaths } from "./config";
import { writeConfigFiles } from "./config-files";
import { applyDns } from "./dns";
import { readIfPresent, writeAtomically } from "./files";
import type { NodeInfo } from "./inspect";
import { nodeInfo } from "./inspect";
import { raiseInotifyLimit } from "./kernel-limits";
import { cniResults, daemonPids, shimPids } from "./leftovers";
import { ensureNetwork } from "./network";
import { checkOwner, takeOwnership, takeState } from "./owner";
import { ensurePki } from "./pki";
import { dnsAnswers, socketAnswers } from "./probes";
import { networkNamespaceAt } from "./proc";
import { ensureProcess, readRecord } from "./processes";
import { checkMachine } from "./requirements";
import { removeDeadNode, removeNode } from "./stop";
import { requireAlive, waitUntil } from "./wait";

/**
 * Makes the node, starts one that was stopped, or fixes one of which parts are dead. Does nothing to what is well, so
 * it can be killed anywhere and run again.
 *
 * @param binFolder holds kube-apiserver, kube-controller-manager, kube-scheduler, kube-proxy, kubelet, etcd, coredns.
 * @returns when the API server answers, the node is Ready and the cluster's DNS is in place.
 * @throws UserError when the machine cannot run a node, another checkout's node has the name, or a process does not
 * come up (with the end of its log).
 */
export async function createNode(config: NodeConfig, binFolder: string, reporter: Reporter): Promise<NodeInfo> {
  checkMachine(config, binFolder);
  return withLock(nodeLock(config), "at work on the embedded node", reporter, async () => {
    const stranger = checkOwner(config);
    if (stranger) {
      reporter.note(`cleaning up a dead node of ${stranger.stateFolder}`);
      await removeDeadNode(config, stranger);
    }
    await removeWhatLostItsNetwork(config, reporter);
    takeState(config);
    takeOwnership(config);
    const podsLive = cgroupPids(config.name).length > 0;
    await prepare(config);
    const former = raiseInotifyLimit(config);
    if (former !== undefined) reporter.note(`fs.inotify.max_user_instances raised from ${former} until the node goes`);
    await ensureNetwork(config);
    const api = new NodeApi(config);
    try {
      await startControlPlane(config, binFolder, api, reporter);
      await startNode(config, binFolder, api, reporter);
      if (!podsLive) await waitForPods(config, api, reporter);
    } finally {
      api.close();
    }
    const info = nodeInfo(config);
    if (info === undefined) throw new Error("the node runs, but its kubeconfig or identity is missing");
    return info;
  });
}

/** Processes outlive a namespace whose file was removed, but nothing reaches them any more. */
async function removeWhatLostItsNetwork(config: NodeConfig, reporter: Reporter): Promise<void> {
  if (networkNamespaceAt(config.netnsPath) !== undefined) return;
  if (daemonPids(config).length + shimPids(config).length + cgroupPids(config.name).length === 0) return;
  reporter.note("the node's network namespace is gone: ending what is left of its processes");
  await removeNode(config);
}

async function prepare(config: NodeConfig): Promise<void> {
  const paths = nodePaths(config);
  mkdirSync(config.stateFolder, { recursive: true });
  // Keys and pods' secrets are below it.
  chmodSync(config.stateFolder, 0o700);
  for (const folder of [paths.etcd, paths.kubeletRoot, paths.cniConfig, paths.logs]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  if (readIfPresent(paths.identity) === undefined) writeAtomically(paths.identity, `${randomUUID()}\n`);
  if (!existsSync(paths.kubeletLink)) {
    rmSync(paths.kubeletLink, { force: true });
    symlinkSync(paths.kubeletRoot, paths.kubeletLink);
  }
  createCgroups(config.name);
  await ensurePki(config);
  writeConfigFiles(config);
  forgetDeadPods(config);
}

/** Addresses of pods that no process is left of would never be given back. */
function forgetDeadPods(config: NodeConfig): void {
  if (cgroupPids(config.name).length > 0) return;
  rmSync(nodePaths(config).cniAddresses, { recursive: true, force: true });
  for (const path of cniResults(config)) rmSync(path, { force: true });
}

async function startControlPlane(
  config: NodeConfig,
  binFolder: string,
  api: NodeApi,
  reporter: Reporter,
): Promise<void> {
  await startComponents(config, binFolder, reporter, ["etcd", "containerd", "kube-apiserver"]);
  reporter.waiting("the API server");
  await waitUntil(config, "the API server", ["etcd", "kube-apiserver"], () => api.isReady(), 120);
  await applyDns(api, config);
}

async function startNode(config: NodeConfig, binFolder: string, api: NodeApi, reporter: Reporter): Promise<void> {
  await startComponents(config, binFolder, reporter, [
    "kubelet",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "coredns",
  ]);
  reporter.waiting("the node to be Ready");
  const since = readRecord(config, "kubelet")?.startedAt ?? 0;
  await waitUntil(config, "the node", ["kubelet", "containerd"], () => api.nodeIsReady(since), 120);
  const socket = nodePaths(config).containerdSocket;
  await waitUntil(config, "containerd", ["containerd"], () => socketAnswers(socket), 30);
  reporter.waiting("the cluster's DNS");
  await waitUntil(config, "the cluster's DNS", ["coredns"], () => dnsAnswers(config), 30);
  requireAlive(config, componentNames);
}

/**
 * After a stop, every pod has to start again, and until the kubelet has looked at it the API server still says what it
 * was before. Pods that stay down are the user's, so they end the wait and not the start.
 */
async function waitForPods(config: NodeConfig, api: NodeApi, reporter: Reporter): Promise<void> {
  const since = readRecord(config, "kubelet")?.startedAt ?? 0;
  let missing: readonly string[] = [];
  const back = async (): Promise<boolean> => {
    missing = await api.podsNotBack(since);
    if (missing.length === 0) return true;
    reporter.waiting("the pods to be ready again");
    requireAlive(config, componentNames);
    return false;
  };
  if (await poll(back, { withinMs: 120_000, everyMs: 300 })) return;
  reporter.note(`not ready 120 s after the start: ${missing.join(", ")}`);
}

async function startComponents(
  config: NodeConfig,
  binFolder: string,
  reporter: Reporter,
  names: readonly ComponentName[],
): Promise<void> {
  const specs = components(config, binFolder);
  for (const name of names) {
    const outcome = await ensureProcess(config, specs[name]);
    if (outcome !== "kept") reporter.note(`${name}: ${outcome}`);
  }
}
