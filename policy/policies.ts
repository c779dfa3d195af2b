import type { ResourceRule, StackRule } from "./resource";
import { completeStrictLanes } from "./rules/complete-strict-lanes";
import { distinctLanes } from "./rules/distinct-lanes";
import { gatewayTls } from "./rules/gateway-tls";
import { noWildcardHost } from "./rules/no-wildcard-host";
import { pinnedImages } from "./rules/pinned-images";
import { weightsSum } from "./rules/weights-sum";

interface Named<Rule> {
  readonly name: string;
  readonly description: string;
  readonly rule: Rule;
}

/** Judged resource by resource, before any of them is changed. */
export const resourcePolicies: readonly Named<ResourceRule>[] = [
  { name: "gateway-tls", description: "In production no gateway takes requests in plain text.", rule: gatewayTls },
  {
    name: "no-wildcard-host",
    description: "In production gateways and their routes name their hosts.",
    rule: noWildcardHost,
  },
  { name: "pinned-images", description: "Images have a digest or the tag of one build.", rule: pinnedImages },
  { name: "weights-sum", description: "Weights of a route add up to 100.", rule: weightsSum },
];

/** Judged when all resources are known. */
export const stackPolicies: readonly Named<StackRule>[] = [
  {
    name: "complete-strict-lanes",
    description: "A lane of a strict group has every service.",
    rule: completeStrictLanes,
  },
  {
    name: "distinct-lanes",
    description: "No request of one lane is taken by the rule of another.",
    rule: distinctLanes,
  },
];
