import { readFileSync } from "node:fs";
import execa from "execa";
import { UserError } from "../user-error";

/** Where the packages of this machine's own release come from. */
export interface DebianSource {
  /** Code name, e.g. `bookworm`. */
  readonly suite: string;
  /** Base URL of the mirror that apt is configured with. */
  readonly mirror: string;
  /** Value for `http_proxy`, when apt is told to use a proxy. */
  readonly proxy?: string;
}

/** @throws UserError when this is not Debian or Ubuntu, or apt knows no mirror for the release. */
export async function hostDebian(): Promise<DebianSource> {
  const suite = releaseName(readFileSync("/etc/os-release", "utf8"));
  const targets = await execa("apt-get", [
    "indextargets",
    "--format",
    "$(SITE) $(CODENAME) $(COMPONENT)",
    "Created-By: Packages",
  ]).catch(() => ({ stdout: "" }));
  const mirror = suite && mirrorOf(targets.stdout, suite);
  if (!suite || !mirror) {
    throw new UserError("The base of the images cannot be made here:", [
      {
        path: "/etc/os-release",
        got: suite ? `apt knows no mirror for ${suite}` : "no VERSION_CODENAME",
        expected: "Debian or Ubuntu, with apt's sources in place",
        fix: "Run `apt-get update` and try again, or use `cluster: kind`.",
      },
    ]);
  }
  const proxy = await execa("apt-config", ["shell", "PROXY", "Acquire::http::Proxy"]).catch(() => ({ stdout: "" }));
  return { suite, mirror, proxy: /PROXY='(.+)'/.exec(proxy.stdout)?.[1] };
}

/** VERSION_CODENAME out of the text of os-release(5). */
export function releaseName(text: string): string | undefined {
  return /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(text)?.[1];
}

/** The site of the suite's `main` component; lines are `site suite component`. */
export function mirrorOf(indexTargets: string, suite: string): string | undefined {
  const lines = indexTargets.split("\n").map((line) => line.trim().split(" "));
  return lines.find(([, name, component]) => name === suite && component === "main")?.[0];
}
