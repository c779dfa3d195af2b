import * as pulumi from "@pulumi/pulumi";

/**
 * Annotation of pods that get a proxy: what it says changes with their control plane. A pod keeps the proxy that it was made with,
 * so a Deployment has to make its pods again to bring them one of another version, or to another control plane.
 * https://istio.io/latest/docs/setup/upgrade/canary/#data-plane
 */
export function proxyMark(
  version: pulumi.Input<string> | undefined,
  revision: string | undefined,
): Readonly<Record<string, pulumi.Input<string>>> {
  const parts = [version, revision].filter((part) => part !== undefined);
  if (parts.length === 0) return {};
  return { "mesh-lanes/proxy": pulumi.output(parts).apply((known) => known.join(" ")) };
}
