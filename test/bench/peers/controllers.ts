import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { workPaths } from "../../../tools/paths";
import { atEnd } from "../../at-end";
import type { Peers } from "./build";
import type { BenchCluster } from "./cluster";

/**
 * Installs the peers' kinds and runs their controllers beside the cluster, as its administrator: what they do is the same as in a pod.
 *
 * @param env with the `KUBECONFIG` of the cluster.
 * @returns what ends them.
 */
export async function startControllers(
  peers: Peers,
  cluster: BenchCluster,
  env: NodeJS.ProcessEnv,
): Promise<() => Promise<void>> {
  const files = Object.values(peers).flatMap(({ definitions }) => definitions.map((file) => `--filename=${file}`));
  await cluster.kubectl(["apply", "--server-side", ...files], { timeoutSeconds: 120 });
  const established = ["wait", "--for=condition=Established", "--timeout=60s", ...files];
  await cluster.kubectl(established, { timeoutSeconds: 70 });
  const kubeconfig = env.KUBECONFIG ?? "";
  const children = [
    start(peers["argo-rollouts"].program, [
      `--kubeconfig=${kubeconfig}`,
      "--leader-elect=false",
      "--healthzPort=18180",
      "--metricsPort=18190",
    ]),
    // It asks no Prometheus: its canaries name no metrics.
    start(peers.flagger.program, [
      `-kubeconfig=${kubeconfig}`,
      "-mesh-provider=istio",
      "-port=18280",
      "-metrics-server=http://127.0.0.1:18290",
      "-log-level=info",
    ]),
  ];
  const callOff = atEnd(() => {
    for (const child of children) child.kill("SIGKILL");
  });
  return async () => {
    callOff();
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = once(child, "exit");
        child.kill("SIGKILL");
        await exited;
      }),
    );
  };
}

function start(program: string, args: readonly string[]): ChildProcess {
  mkdirSync(workPaths.logs, { recursive: true });
  const name = program.split("/").at(-1) ?? program;
  const log = openSync(join(workPaths.logs, `${name}.log`), "w");
  const child = spawn(program, args, { stdio: ["ignore", log, log] });
  closeSync(log);
  return child;
}
