import type { LaneMatchArgs } from "./matches";
import type { LanePolicyArgs } from "./policy";

/** A lane: a version of some or all services. */
export interface LaneArgs {
  name: string;
  /** Version of every service in the lane. Default: the lane's name. */
  version?: string;
  /** Percent of the requests that fit no lane's conditions. The weights of a group add up to 100. */
  weight?: number;
  match?: LaneMatchArgs;
  /** Conditions of which any leads into the lane, in place of `match`. */
  anyMatch?: LaneMatchArgs[];
  /** Services that the lane overrides. Default: all. */
  services?: string[];
  /** Service -> version, where it is not `version`. */
  versions?: { [service: string]: string };
  /** `active` or `draining`: it takes nobody new, and keeps those it has. Default: active. */
  state?: string;
  /** How its requests are treated where a route is the lane's alone; wins over all other policies. */
  policy?: LanePolicyArgs;
}
