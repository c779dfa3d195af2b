import { z } from "zod";

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        namespace: z.string(),
        deletionTimestamp: z.string().optional(),
      }),
      status: z.object({
        phase: z.string().optional(),
        containerStatuses: z
          .array(
            z.object({
              ready: z.boolean(),
              state: z.object({ running: z.object({ startedAt: z.string() }).optional() }).optional(),
            }),
          )
          .optional(),
      }),
    }),
  ),
});

/**
 * Pods that do not serve since a restart of the node: what was said of them before it is still in the API server, so a
 * pod counts as ready only when its containers were started after it.
 *
 * @param text a PodList as JSON.
 * @param since milliseconds since 1970.
 * @returns `namespace/name` of each.
 */
export function podsNotBack(text: string, since: number): string[] {
  return podList
    .parse(JSON.parse(text))
    .items.filter(({ metadata, status }) => {
      if (metadata.deletionTimestamp !== undefined) return false;
      if (status.phase === "Succeeded" || status.phase === "Failed") return false;
      const containers = status.containerStatuses ?? [];
      // Kubernetes keeps whole seconds.
      const started = (at: string | undefined) => at !== undefined && Date.parse(at) > since - 1000;
      return (
        containers.length === 0 ||
        !containers.every((container) => container.ready && started(container.state?.running?.startedAt))
      );
    })
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}
