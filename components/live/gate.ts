import { setTimeout as sleep } from "node:timers/promises";
import { type Problem, UserError } from "../../tools/user-error";
import { runError } from "../run-error";
import { type Claim, type Claimant, claimName, claimProblems, type ReleaseClaim, releaseProblems } from "./claim";
import type { ClusterObjects } from "./cluster-objects";

/** Something else that must hold in the cluster before anything is written. */
export type Check = (cluster: ClusterObjects, claimant: Claimant) => Promise<readonly Problem[]>;

/** What a program has announced since the gate was last open. */
interface Batch {
  readonly claims: Claim[];
  readonly releases: ReleaseClaim[];
  readonly checks: Check[];
  readonly open: Promise<void>;
}

/** Longest wait of a gate that stays shut for what the others find, so that all problems are told at once: milliseconds. */
const othersMs = 2000;

/** All gates of a program whose verdict is still to come. */
const judging = new Set<Promise<unknown>>();
let refused: Problem[] = [];
/** What the gates find that know their cluster, until all of it is told. A cluster that is still to be made is not waited for. */
const looking = new Set<Promise<readonly Problem[]>>();

/**
 * Nothing is written to a cluster before all that the program wants to write there was looked up. Where something of others is
 * in the way the gate stays shut, and the program ends with every problem.
 */
export class Gate {
  private batch: Batch | undefined;

  /**
   * @param cluster undefined: the cluster is still to be made, and holds nothing.
   * @param built resolves when the program has made all its resources.
   */
  public constructor(
    private readonly cluster: Promise<ClusterObjects | undefined>,
    private readonly claimant: Claimant,
    private readonly built: () => Promise<void> | undefined,
  ) {}

  /** Resolves when the object may be written. */
  public pass(claim: Claim): Promise<void> {
    const batch = this.current();
    batch.claims.push(claim);
    return batch.open;
  }

  /** Resolves when the release may be installed. */
  public passRelease(claim: ReleaseClaim): Promise<void> {
    const batch = this.current();
    batch.releases.push(claim);
    return batch.open;
  }

  /** Resolves when anything may be written. */
  public wait(): Promise<void> {
    return this.current().open;
  }

  public check(check: Check): void {
    this.current().checks.push(check);
  }

  private current(): Batch {
    this.batch ??= { claims: [], releases: [], checks: [], open: this.opened() };
    return this.batch;
  }

  private async opened(): Promise<void> {
    const verdict = this.problems();
    judging.add(verdict);
    try {
      const problems = await verdict;
      if (problems.length > 0) await refuse(problems, this.built() !== undefined);
      // A program may write to several API servers: nothing is written to one while another refuses.
      if (await anyRefuses()) await never();
    } finally {
      judging.delete(verdict);
    }
  }

  private async problems(): Promise<readonly Problem[]> {
    const cluster = await this.cluster;
    if (!cluster) {
      this.batch = undefined;
      return [];
    }
    const found = this.lookedUp(cluster);
    looking.add(found);
    const isFine = await found.then(
      ({ length }) => length === 0,
      () => true,
    );
    if (isFine) looking.delete(found);
    return found;
  }

  private async lookedUp(cluster: ClusterObjects): Promise<readonly Problem[]> {
    // A program of one's own does not say when it is built. What it makes after the list is there is a batch of its own.
    await (this.built() ?? cluster.all());
    const { claims, releases, checks } = this.current();
    this.batch = undefined;
    const found = await Promise.all([
      ...unique(claims).map((claim) => claimProblems(cluster, claim, this.claimant)),
      releaseProblems(cluster, releases, this.claimant),
      ...checks.map((check) => check(cluster, this.claimant)),
    ]);
    return found.flat();
  }
}

/** Two resources of a program may add to one object. */
function unique(claims: readonly Claim[]): Claim[] {
  return [...new Map(claims.map((claim) => [claimName(claim), claim])).values()];
}

/**
 * Ends the program with the problems of all gates. Never resolves: whoever waits at a gate has nothing more to do.
 *
 * @param whole whether the gate has seen the whole program before it let anything pass.
 */
async function refuse(problems: readonly Problem[], whole: boolean): Promise<never> {
  const first = refused.length === 0;
  refused.push(...problems);
  if (first) {
    await Promise.race([Promise.allSettled([...judging]), sleep(othersMs, undefined, { ref: false })]);
    const all = refused;
    refused = [];
    looking.clear();
    const what = all.length === 1 ? "Something" : "Things";
    const changed = whole
      ? "Nothing was changed."
      : "What is theirs was left as it is; other objects of this program may have been made.";
    const error = runError(new UserError(`${what} of others in the cluster would be overwritten. ${changed}`, all));
    // The program's own main function is none of the gate's: it waits for resources, which wait here.
    setImmediate(() => void Promise.reject(error));
  }
  return never();
}

/** Whether a gate that knows its cluster has found something in the way, once each has looked. */
async function anyRefuses(): Promise<boolean> {
  const verdicts = await Promise.allSettled([...looking]);
  return verdicts.some((verdict) => verdict.status === "fulfilled" && verdict.value.length > 0);
}

/** For whoever waits at a gate that stays shut. */
function never(): Promise<never> {
  return new Promise(() => {});
}
