import type { Reporter } from "../../tools/report/reporter";
import type { Request } from "./requests";

/** What the program's resources want from a local cluster, whatever its kind. */
export interface LocalClusterHandler {
  /** Makes the node, or fixes it. `address`: where its published ports are reached. `kubeconfig` is a text. */
  nodeApply(
    request: Request<"node-apply">,
    reporter: Reporter,
  ): Promise<{ kubeconfig: string; address: string; identity: string }>;
  nodeInspect(request: Request<"node-inspect">): Promise<{
    state: "absent" | "stopped" | "broken" | "running";
    dead: readonly string[];
    identity?: string;
  }>;
  /** Removes the node and its state. */
  nodeDelete(request: Request<"node-delete">, reporter: Reporter): Promise<Record<string, never>>;
  /** Builds and loads what is missing. */
  imagesApply(request: Request<"images-apply">, reporter: Reporter): Promise<{ refs: readonly string[] }>;
}
