/**
 * `no-subset`, `no-route`: a request fails. `no-pods`: it is sent to a version that nothing runs. `weights`: shares that are no
 * whole. `mixed`: one request may meet two versions of a lane's chain, one of before and one of after, or that of another lane.
 * `any-version`: lanes no longer route a port, so that each of the service's versions answers on it, from that moment on.
 */
export type FaultKind = "no-subset" | "no-route" | "no-pods" | "weights" | "mixed" | "any-version";

/** Something that goes wrong at a moment of an update, and did not before. */
export interface Fault {
  readonly kind: FaultKind;
  /** When, in words: `while the entry's routes change`. */
  readonly moment: string;
  /** Undefined: of requests that carry no lane. */
  readonly lane: string | undefined;
  /** The service at which it shows; the first of several. */
  readonly service: string;
  /** Of `any-version`: the service's port. */
  readonly port?: number;
}

/** Service -> versions that have pods. */
export type Pods = Readonly<Record<string, readonly string[]>>;

/** Before an update and after it. */
export interface PodsOfBoth {
  readonly before: Pods;
  readonly after: Pods;
  /** Labels of the pods of a service's version after the update. @default those that tell the version */
  readonly labels?: (service: string, version: string) => Readonly<Record<string, string>> | undefined;
  /** Those of before whose pods have other labels before the first step of routes. @default none */
  readonly replaced?: Pods;
}

/** Service -> version. */
export type Chain = ReadonlyMap<string, string | undefined>;

/** Lane -> its chain; under no name that of requests without a lane. */
export type Chains = ReadonlyMap<string | undefined, Chain>;
