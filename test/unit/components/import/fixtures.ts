import { stackValues } from "../../../../cli/import/stack-values";
import type { ImportOptions } from "../../../../components/import/options";
import { parseStackConfig } from "../../../../config/parse";
import { propose } from "../../../systems/imported";

/*
 * Small manifests as somebody would write them, and what is proposed for them.
 */

export const pods = (labels: object, more: object = {}) => ({
  template: { metadata: { labels }, spec: { containers: [{ name: "app", image: "a:1", ...more }] } },
});
export const deployment = (name: string, labels: object, more: object = {}, kind = "Deployment") => ({
  apiVersion: kind === "Rollout" ? "argoproj.io/v1alpha1" : "apps/v1",
  kind,
  metadata: { name },
  spec: pods(labels, more),
});
export const service = (name: string, selector: object = { app: name }, spec: object = {}) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name },
  spec: { selector, ports: [{ name: "http", port: 80 }], ...spec },
});
export const istio = (kind: string, name: string, spec: object, labels: object = {}) => ({
  apiVersion: "networking.istio.io/v1",
  kind,
  metadata: { name, labels },
  spec,
});
export const versioned = (name: string, ...versions: string[]) => [
  service(name),
  ...versions.map((version) => deployment(`${name}-${version.toLowerCase()}`, { app: name, version })),
];
export const web = [
  service("web"),
  deployment("web", { app: "web", version: "v1" }, { env: [{ name: "CART_URL", value: "http://cart" }] }),
];

/** A proposal that the check of stack config takes, and its findings by kind. */
export function proposed(manifests: readonly object[], options: ImportOptions = {}) {
  const proposal = propose(manifests, options);
  // Whatever is proposed, the check of stack config takes it.
  parseStackConfig(stackValues(proposal, { kubeconfig: "k", context: "c" }, []));
  const { group, findings } = proposal;
  const of = (kind: string) =>
    findings.filter((finding) => finding.kind === kind).map(({ path, got }) => `${path}: ${got}`);
  return { ...proposal, of, services: group.services.map(({ name, versions }) => `${name} ${versions.join()}`) };
}
