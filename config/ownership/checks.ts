import { isDnsLabel } from "../../components/lanes/syntax";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import type { Sections } from "../stack";
import { isOwnCluster } from "./namespaces";

const object = /^[A-Z][A-Za-z]* [^\s/]+(\/[^\s/]+)?$/;

export function checkOwnership(
  problems: Problems,
  config: Pick<Sections, "adopt" | "existingNamespaces" | "cluster">,
): void {
  const { adopt, existingNamespaces } = config;
  problems.duplicates(adopt, (index) => `adopt[${index}]`, "object");
  problems.duplicates(existingNamespaces, (index) => `existingNamespaces[${index}]`, "namespace");
  adopt.forEach((entry, index) => {
    if (object.test(entry)) return;
    const expected = "kind and namespace/name, such as Deployment shop/web-v1, or Namespace shop";
    problems.add(`adopt[${index}]`, `got ${quote(entry)}`, expected, "Write it as the message names it.");
  });
  existingNamespaces.forEach((namespace, index) => {
    const path = `existingNamespaces[${index}]`;
    problems.dnsLabel(path, namespace);
    if (isDnsLabel(namespace) && adopt.includes(`Namespace ${namespace}`)) {
      const got = `${quote(namespace)}, which adopt has the stack take over`;
      problems.add(path, got, "left as it is, or taken over", "Remove it here or there.");
    }
    if (isOwnCluster(config)) {
      const got = `${quote(namespace)} on a cluster that this stack makes`;
      problems.add(path, got, "only for a cluster that somebody else runs", "Remove it.");
    }
  });
}
