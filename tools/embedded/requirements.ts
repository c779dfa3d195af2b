import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { cniPackage, missingCniPlugins } from "../cni-plugins";
import type { Problem } from "../user-error";
import { UserError } from "../user-error";
import { componentNames } from "./components";
import type { NodeConfig } from "./config";

/** Programs of the system that the node calls, and the Debian package each comes in. */
const systemPrograms: Readonly<Record<string, string>> = {
  containerd: "containerd",
  "containerd-shim-runc-v2": "containerd",
  ctr: "containerd",
  runc: "runc",
  ip: "iproute2",
  iptables: "iptables",
  conntrack: "conntrack",
  nsenter: "util-linux",
  mount: "mount",
  sysctl: "procps",
};
const systemFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** @throws UserError naming everything that this machine lacks for an embedded node. */
export function checkMachine(config: NodeConfig, binFolder: string): void {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new UserError("The embedded node cannot run here:", [
      {
        path: config.name,
        got: process.platform === "linux" ? `user ${process.getuid?.()}` : process.platform,
        expected: "Linux, as root",
        fix: "Run as root on Linux, or use `cluster: kind` (needs Docker) or `cluster: existing`.",
      },
    ]);
  }
  const problems = [
    ...Object.entries(systemPrograms)
      .filter(([program]) => !systemFolders.some((folder) => isExecutable(join(folder, program))))
      .map(([program, name]) => missing(program, `apt-get install ${name}`)),
    ...missingCniPlugins().map((path) => missing(path, `apt-get install ${cniPackage}`)),
    ...componentNames
      .filter((name) => name !== "containerd" && !isExecutable(join(binFolder, name)))
      .map((name) => missing(join(binFolder, name), "npm start")),
  ];
  if (problems.length > 0) throw new UserError("Programs that the embedded node needs are missing:", problems);
}

function missing(path: string, command: string): Problem {
  return { path, got: "not there", expected: "an executable file", fix: `Run \`${command}\`.` };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
