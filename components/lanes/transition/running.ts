import type { Pods, PodsOfBoth } from "./fault";
import { after, before, type Moment } from "./moments";

type VersionSets = ReadonlyMap<string, ReadonlySet<string>>;

/** Which versions have pods, at each moment of an update: they come first and go last. */
export class Running {
  private readonly old: VersionSets;
  private readonly now: VersionSets;
  /** Of old, those whose pods are made again with other labels: they go as the first step begins. */
  private readonly replaced: VersionSets;

  /** @param pods undefined: all of it runs elsewhere. */
  public constructor(pods: PodsOfBoth | undefined) {
    this.old = setsOf(pods?.before);
    this.now = setsOf(pods?.after);
    this.replaced = setsOf(pods?.replaced);
  }

  /** True too for a service of which nobody tells: it runs elsewhere. */
  public has(service: string, version: string, moment: Moment): boolean {
    const [old, now] = [this.old.get(service), this.now.get(service)];
    if (!old && !now) return true;
    const inOld = old?.has(version) ?? false;
    const inNow = now?.has(version) ?? false;
    if (moment === before) return inOld;
    const isLeft = inOld && !this.replaced.get(service)?.has(version);
    return moment === after || moment.leftSubsets === "either" ? inNow : isLeft || inNow;
  }
}

function setsOf(pods: Pods = {}): VersionSets {
  return new Map(Object.entries(pods).map(([service, versions]) => [service, new Set(versions)]));
}
