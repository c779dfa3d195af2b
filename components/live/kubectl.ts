import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { settingsOf } from "../../tools/toolchain/settings";

/** Runs kubectl against one cluster. @returns what it writes to stdout. @throws Error with kubectl's own words. */
export type RunKubectl = (args: readonly string[]) => Promise<string>;

/** What kubectl said when it failed. */
export class KubectlFailure extends Error {}

/**
 * kubectl of the tool chain, else the one on PATH. The kubeconfig lies in a file only while it runs.
 *
 * @param kubeconfig as text; nothing of the shell's surroundings counts.
 */
export function kubectlWith(kubeconfig: string): RunKubectl {
  return async (args) => {
    const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-"));
    try {
      const file = join(folder, "kubeconfig");
      writeFileSync(file, kubeconfig, { mode: 0o600 });
      return await run(["--kubeconfig", file, "--request-timeout=20s", ...args]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

function run(args: readonly string[]): Promise<string> {
  const PATH = [join(settingsOf().home, "bin"), process.env.PATH].filter(Boolean).join(delimiter);
  const options = { env: { ...process.env, PATH }, timeout: 40_000, maxBuffer: 512 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile("kubectl", args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const missing = error.code === "ENOENT";
      reject(new KubectlFailure(missing ? "kubectl is not on PATH" : stderr.trim() || error.message));
    });
  });
}
