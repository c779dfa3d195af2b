import type { LaneGroupInput } from "../lanes/spec";
import type { DanglingHost, FoundCall, Names } from "./calls";
import type { ServiceCall } from "./chain";
import type { EntryProposal } from "./entries/propose";
import type { ImportFinding } from "./finding";
import type { Inventory, KubeService } from "./inventory";
import type { FoundEntry } from "./routes";
import type { Candidate, Selected } from "./select";
import type { ToldVersions } from "./told-versions";
import type { ServiceVersions } from "./versions";

/** A service of the proposed group, and why it is as it is. */
export interface ProposedService extends Candidate {
  readonly versions: ServiceVersions;
  readonly told: ToldVersions;
  readonly calls: readonly ServiceCall[];
  /** Whether the calls that are known lead to it from the entry. */
  readonly reached: boolean;
}

export interface Proposal {
  readonly group: LaneGroupInput;
  readonly services: readonly ProposedService[];
  readonly entry: { readonly service: KubeService; readonly why: string };
  /** That of the group. */
  readonly versionLabel: { readonly label: string; readonly why: string };
  /** Shell lines that change objects of others, which nobody but their owner runs. */
  readonly commands: readonly string[];
  readonly findings: readonly ImportFinding[];
}

/** All that is known once there is a group, for those who tell what to do about it. */
export interface ProposalContext {
  readonly inventory: Inventory;
  readonly services: readonly ProposedService[];
  readonly selected: Selected;
  /** Services that callers find by Consul. */
  readonly consul: readonly Candidate[];
  readonly found: readonly FoundCall[];
  readonly dangling: readonly DanglingHost[];
  readonly entries: readonly FoundEntry[];
  readonly entry: { readonly candidate: Candidate; readonly entry?: FoundEntry };
  /** What became of the routes by which requests come in today. */
  readonly entered: Omit<EntryProposal, "group">;
  readonly group: LaneGroupInput;
  readonly names: Names;
  readonly label: string;
  /** Services behind the entry, as far as calls are known; whatever their namespace. */
  readonly reached: readonly KubeService[];
  /** Services that somebody's route within the mesh leads to today. */
  readonly routed: ReadonlySet<KubeService>;
}
