import { cpus, totalmem } from "node:os";
import { benchDiff } from "./diff";
import { benchLanes } from "./lanes";
import { benchPackage } from "./package";
import { benchPeers } from "./peers";
import { benchPreview } from "./preview";
import { benchPreviews } from "./previews";
import { benchPropagation } from "./propagation";
import { benchRender } from "./render";
import { benchRenderBeside } from "./render-beside";
import { benchSidecarBytes } from "./sidecar-bytes";
import { benchStack } from "./stack";
import { benchSync } from "./sync";
import { benchUpdate } from "./update";

const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  render: async () => {
    benchRender();
    await benchRenderBeside();
  },
  diff: benchDiff,
  preview: benchPreview,
  previews: benchPreviews,
  package: benchPackage,
  stack: benchStack,
  update: benchUpdate,
  lanes: benchLanes,
  peers: benchPeers,
  propagation: benchPropagation,
  "sidecar-bytes": benchSidecarBytes,
  sync: benchSync,
};

/** Runs the parts that are named, or all. */
export async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) {
    process.stderr.write(`unknown part ${unknown.join(", ")}: use ${Object.keys(parts).join(", ")}\n`);
    process.exitCode = 1;
    return;
  }
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  process.stdout.write(`${cpus().length} x ${cpus()[0]?.model}, ${memory} GiB, Node ${process.versions.node}\n`);
  for (const name of names.length > 0 ? names : Object.keys(parts)) await parts[name]?.();
}
