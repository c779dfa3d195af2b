import type { Input, Resource } from "@pulumi/pulumi";
import type { Stage } from "./object";

/** What a barrier waits for: objects of a group that were just written. */
export interface BarrierArgs {
  readonly group: string;
  /** The step's first stage. */
  readonly stage: Stage;
  /** Changes whenever an object of this step does. */
  readonly fingerprint: string;
  readonly parent: Resource;
  readonly dependsOn: Input<Input<Resource>[]>;
}

/**
 * Makes a resource that is done when the proxies have what was written so far. Between two steps it keeps a route from
 * being used by a proxy that does not know its subset yet; after the last one it keeps a subset from being deleted while
 * a proxy still has a route to it.
 */
export type Barrier = (args: BarrierArgs) => Resource;
