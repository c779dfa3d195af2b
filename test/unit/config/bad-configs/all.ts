import { badAlibaba } from "./alibaba";
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
  ...[...badGroups, ...badSections, ...badSecurity, ...rejectedEntries, ...badGateways, ...badAlibaba, ...badImages],
  ...badGatewayDeployments,
];
