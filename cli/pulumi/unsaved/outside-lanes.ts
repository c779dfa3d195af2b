import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readStackConfigFile, withIncludes } from "../../../config/read";
import { readYaml } from "../../../config/yaml";
import { sourcesHash } from "../../../tools/toolchain/cache-key";
import { asRecord } from "../../../tools/values";

/** What the program is made of. A change there may change any resource. */
const code = ["apps", "bin", "components", "config", "library", "stacks", "tools"];
const files = ["index.ts", "package-lock.json", "Pulumi.yaml"];

/**
 * A fingerprint of all that decides what a stack is made of, but its lane groups: its config and the files that this includes,
 * kubeconfigs, and the code. Where it is the same as before, an update writes objects of lanes alone: each has the label of its
 * stack, so that it can be found again in the cluster.
 *
 * @param folder of the checkout.
 */
export function outsideLanes(stackFile: string, folder: string): string {
  const { document } = readYaml(readFileSync(stackFile, "utf8"));
  const { config, ...settings } = asRecord(document);
  const { "mesh-lanes:laneGroups": _groups, ...sections } = asRecord(config);
  const included = withIncludes(readStackConfigFile(stackFile), folder).files.map(({ path, document: content }) => {
    const { laneGroups: _lanes, ...others } = asRecord(content);
    return [path, others];
  });
  const program = sourcesHash(folder, code);
  const hash = createHash("sha256").update(JSON.stringify({ settings, sections, included, program }));
  for (const file of [...kubeconfigs(sections, folder), ...files.map((name) => join(folder, name))]) {
    hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function kubeconfigs(sections: Readonly<Record<string, unknown>>, folder: string): string[] {
  return ["cluster", "mesh"].flatMap((section) => {
    const { kubeconfig } = asRecord(sections[`mesh-lanes:${section}`]);
    const file = typeof kubeconfig === "string" ? resolve(folder, kubeconfig) : undefined;
    return file !== undefined && existsSync(file) ? [file] : [];
  });
}
