import { badClusters } from "./alibaba/clusters";
import { badLoadBalancers } from "./alibaba/load-balancers";
import { badMeshes } from "./alibaba/meshes";
import type { BadConfig } from "./bad-config";
import { badEntries, rejectedEntries } from "./entries";
import { badGatewayDeployments } from "./gateway-deployment";
import { badGateways } from "./gateways";
import { badGroups } from "./groups";
import { badImages } from "./images";
import { badLanes } from "./lanes";
import { badMatches } from "./matches";
import { badModes } from "./modes";
import { badSections } from "./sections";
import { badSecurity } from "./security";
import { badNames, badShapes } from "./shapes-and-names";

export const badConfigs: readonly BadConfig[] = [
  ...[...badShapes, ...badNames, ...badLanes, ...badEntries, ...badMatches, ...badModes],
  ...[...badGroups, ...badSections, ...badSecurity, ...rejectedEntries, ...badGateways, ...badImages],
  ...[...badGatewayDeployments, ...badClusters, ...badMeshes, ...badLoadBalancers],
];
