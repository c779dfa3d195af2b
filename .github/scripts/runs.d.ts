/** A run of a workflow. */
export interface FoundRun {
  readonly id: number;
  readonly url: string;
  readonly finished: boolean;
}
export interface FoundRuns {
  /** The commit of the pull request. */
  readonly sha?: string;
  readonly preview?: FoundRun;
  readonly resources?: FoundRun;
  /** The run of resources that has not finished. */
  readonly waiting?: FoundRun;
}
export function findRuns(options: {
  readonly api: string;
  readonly token: string;
  readonly repository: string;
  readonly head: string;
  readonly headRepository: number;
  sleep?(milliseconds: number): Promise<void>;
}): Promise<FoundRuns>;
export function main(env: Readonly<Record<string, string | undefined>>): Promise<string>;
