import { isDeepStrictEqual } from "node:util";
import { selectorText, selects } from "../labels";
import { laneVersions, serviceNamed } from "../plan";
import type { LaneService } from "../spec";
import { versionLabels } from "../version-labels";
import type { Change } from "./change";
import type { PodsOfBoth } from "./fault";

/*
 * A version whose pods are found by other labels after an update is two: that of the pods with the labels of before, and that of
 * those with the new ones. Its name is the same, and so is its subset's, which is changed in place.
 */

/** A version of before that other labels tell after the update. */
export interface Relabelled {
  readonly service: LaneService;
  readonly version: string;
  readonly was: Readonly<Record<string, string>>;
  readonly is: Readonly<Record<string, string>>;
}

export function relabelled({ before, after }: Change): Relabelled[] {
  return before.services.flatMap((old) => {
    const now = serviceNamed(after, old.name);
    if (!now) return [];
    return old.versions
      .filter((version) => now.versions.includes(version))
      .flatMap((version): Relabelled[] => {
        const [was, is] = [versionLabels(before, old, version), versionLabels(after, now, version)];
        return isDeepStrictEqual(was, is) ? [] : [{ service: now, version, was, is }];
      });
  });
}

/** What the versions of before are called here, and when their subsets change. */
export class OldVersions {
  private readonly changed: ReadonlyMap<string, Relabelled>;
  /** Services whose subsets are another object after the update: of two the older counts, until it is deleted. */
  private readonly apart: ReadonlySet<string>;

  public constructor({ before, after }: Change) {
    this.changed = new Map(
      relabelled({ before, after }).map((each) => [`${each.service.name} ${each.version}`, each] as const),
    );
    const versions = (group: Change["before"], name: string) => {
      const service = serviceNamed(group, name);
      return service ? laneVersions(group, service).join() : "";
    };
    this.apart = new Set(
      [...this.changed.values()]
        .map(({ service }) => service.name)
        .filter((name) => versions(before, name) !== versions(after, name)),
    );
  }

  /** The name of a version by the labels of before; its own where these stay. */
  public nameOf(service: string, version: string): string {
    const found = this.changed.get(`${service} ${version}`);
    return found ? `${version} ${selectorText(found.was)}` : version;
  }

  /** Which objects say what a subset of both selects; undefined: it is the same in both. */
  public changedWith(service: string, version: string | undefined): "subsets" | "leftSubsets" | undefined {
    if (version === undefined || !this.changed.has(`${service} ${version}`)) return undefined;
    return this.apart.has(service) ? "leftSubsets" : "subsets";
  }

  /** The same pods under these names. What this program runs has the labels of after from before the first step on. */
  public podsOf(pods: PodsOfBoth | undefined): PodsOfBoth | undefined {
    if (!pods || this.changed.size === 0) return pods;
    const { before, after } = pods;
    const named = Object.entries(before).map(([service, versions]) => {
      return [service, versions.map((version) => this.nameOf(service, version))] as const;
    });
    const stay = Object.entries(after).map(([service, versions]) => {
      const still = versions.filter((version) => this.stillHas(service, version, pods));
      return [service, [...versions, ...still.map((version) => this.nameOf(service, version))]] as const;
    });
    const gone = named.map(([service, versions]) => {
      return [service, versions.filter((version) => !before[service]?.includes(version))] as const;
    });
    return {
      before: Object.fromEntries(named),
      after: Object.fromEntries(stay),
      replaced: Object.fromEntries(gone),
    };
  }

  /** Whether pods of after have the labels of before too. */
  private stillHas(service: string, version: string, { labels }: PodsOfBoth): boolean {
    const found = this.changed.get(`${service} ${version}`);
    return found !== undefined && selects(found.was, { ...found.is, ...labels?.(service, version) });
  }
}
