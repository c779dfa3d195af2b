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

/**
 * What the gates of a program find, each once it knows its cluster: one that is still to be made is not waited for. What is in the
 * way stays here until it is told.
 */
const verdicts = new Set<Promise<readonly Problem[]>>();

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
    const cluster = await this.cluster;
    if (!cluster) {
      this.batch = undefined;
      return;
    }
    const verdict = this.lookedUp(cluster);
    verdicts.add(verdict);
    const isFine = await verdict.then(
      ({ length }) => length === 0,
      () => true,
    );
    if (isFine) verdicts.delete(verdict);
    await verdict;
    // A program may write to several API servers: nothing is written to one while another refuses.
    const problems = await problemsOf([...verdicts]);
    if (problems.length > 0) await refuse(problems, this.built() !== undefined);
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

/** What all of them found, when the last one is known. One that failed ends its own gate; two may find the same. */
async function problemsOf(all: readonly Promise<readonly Problem[]>[]): Promise<readonly Problem[]> {
  const settled = await Promise.allSettled(all);
  const found = settled.flatMap((verdict) => (verdict.status === "fulfilled" ? verdict.value : []));
  return [...new Map(found.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/**
 * Ends the program with the problems of all gates, once. Never resolves: whoever waits at a gate has nothing more to do.
 *
 * @param whole whether the gate has seen the whole program before it let anything pass.
 */
async function refuse(problems: readonly Problem[], whole: boolean): Promise<never> {
  if (verdicts.size > 0) {
    verdicts.clear();
    const changed = whole
      ? "Nothing was changed."
      : "What is theirs was left as it is; other objects of this program may have been made.";
    const error = runError(
      new UserError(`What others have in the cluster does not fit this update. ${changed}`, problems),
    );
    // The program's own main function is none of the gate's: it waits for resources, which wait here.
    setImmediate(() => void Promise.reject(error));
  }
  return new Promise<never>(() => {});
}
