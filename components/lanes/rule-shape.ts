import type { EntryRewrite } from "./entries/rewrite";
import type { CorsPolicy } from "./policy/cors/shape";
import type { StrictCaller } from "./sources";
import type { LaneMatch, LaneService, StringMatch } from "./spec";
import type { UserRange } from "./users/places";
import type { UserSource } from "./users/shape";

/* A rule as plain data, before any mesh's own words. */

/** Conditions of a rule at the gateway; all must hold. */
export interface RuleMatch {
  readonly headers: Readonly<Record<string, StringMatch>>;
  readonly query: Readonly<Record<string, StringMatch>>;
  readonly path?: StringMatch;
  readonly method?: StringMatch;
  /** Regex over the request's Host with its port. */
  readonly authority?: StringMatch;
}

/** Where a rule at the gateway sends a request. */
export interface EntryOutcome {
  readonly lane: string;
  /** The lane whose version of the rule's service answers: this one, or the baseline when it has none of its own. */
  readonly servedBy: string;
  /** That version. */
  readonly version: string;
  /** Percent; the outcomes of a rule add up to 100. */
  readonly weight: number;
}

export interface EntryRule {
  /**
   * Name of the route, the same across promotions: `<group>/entry/<lane>`, `…/2` for the second of its conditions,
   * `…/cookie`, or `<group>/entry` for the last. Those of a route of the entry begin with `<group>/entry/<route>`. Those of
   * preflights end in `/OPTIONS` or `/OPTIONS/others`, which no lane can be called.
   */
  readonly name: string;
  /** `preflight`: the gateway answers a browser itself. It has no outcomes: nobody enters a lane. */
  readonly kind: "match" | "cookie" | "weights" | "unmatched" | "preflight";
  /** Undefined for weights and preflights. */
  readonly lane?: string;
  /** The service that these requests go to. */
  readonly service: LaneService;
  /** Name of the route of the entry; undefined for the rest. */
  readonly route?: string;
  readonly rewrite?: EntryRewrite;
  readonly match: RuleMatch;
  /** The same conditions with cookies and hosts as the spec has them, without the sticky cookie. */
  readonly asked: LaneMatch;
  readonly outcomes: readonly EntryOutcome[];
  /** Of weights that are shares of users: who is asked for an id, and which lane has which places. */
  readonly users?: UserShares;
  /** Of a preflight: what the gateway answers by; undefined: it refuses, since no such origin is allowed. */
  readonly cors?: CorsPolicy;
  /** Whether the answer tells the client its lane by the sticky cookie. */
  readonly setsCookie: boolean;
}

/** Weights as shares of users: a request's user has one of a hundred places, and that is a lane's. */
export interface UserShares {
  readonly source: UserSource;
  /** In the order of the places. */
  readonly ranges: readonly UserRange[];
}

export interface ServiceRule {
  /**
   * Name of the route, the same across promotions: `<group>/<service>/<lane>` or `<group>/<service>` for the last; on a further port
   * with `:<port>` behind it.
   */
  readonly name: string;
  /** The lane whose version answers. */
  readonly lane: string;
  /** That version of the service. */
  readonly version: string;
  /** Undefined: the rule takes every request. */
  readonly when?:
    | { readonly kind: "header"; readonly header: string; readonly value: string }
    | { readonly kind: "source"; readonly callers: readonly StrictCaller[] };
}
