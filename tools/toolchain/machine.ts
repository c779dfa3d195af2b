import { readFileSync } from "node:fs";
import { type Problem, UserError } from "../user-error";
import type { ToolNeeds } from "./bundles";
import type { Platform } from "./pins";

/** What this machine is, as far as tools and clusters care. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly cpu: string;
  readonly root: boolean;
  /** Whether packages can be installed with apt-get: Debian, Ubuntu and what says it is like them. */
  readonly debianLike: boolean;
}

export function thisMachine(): Machine {
  return {
    platform: process.platform,
    cpu: process.arch,
    root: process.getuid?.() === 0,
    debianLike: process.platform === "linux" && isDebianLike(osRelease()),
  };
}

/** @param text an os-release file, see os-release(5). */
export function isDebianLike(text: string): boolean {
  const ids = [...text.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].flatMap((match) =>
    (match[1] ?? "").replace(/["']/g, "").split(/\s+/),
  );
  return ids.includes("debian") || ids.includes("ubuntu");
}

/** @throws UserError for an operating system or processor that no tool here is made for. */
export function platformOf(machine: Machine): Platform {
  const { platform, cpu } = machine;
  if ((platform === "linux" || platform === "darwin") && (cpu === "x64" || cpu === "arm64")) {
    return { os: platform, cpu };
  }
  throw new UserError("No tools for this machine.", [
    {
      path: "machine",
      got: `${platform}/${cpu}`,
      expected: "linux or darwin on x64 or arm64",
      fix: "use a Linux machine, a Linux virtual machine, or WSL 2 on Windows",
    },
  ]);
}

/** What stands in the way of a cluster kind on this machine, one line each; empty when nothing does. */
export function machineProblems(needs: ToolNeeds, machine: Machine): Problem[] {
  if (needs.cluster !== "embedded") return [];
  if (machine.platform !== "linux") {
    return [
      {
        path: "operating system",
        got: machine.platform,
        expected: "Linux, for the embedded cluster",
        fix: "install Docker and kind and use the kind cluster, or name an existing cluster",
      },
    ];
  }
  if (!machine.root) {
    return [
      {
        path: "user",
        got: "not root",
        expected: "root, for the embedded cluster (it makes a network namespace and starts containers)",
        fix: "run again with sudo, install Docker and kind, or name an existing cluster",
      },
    ];
  }
  return [];
}

function osRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}
