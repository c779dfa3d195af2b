import { s2Input, s4Input } from "../../components/lanes/fixtures";
import { type BadConfig, bad } from "./bad-config";

const twoGroups = (change: object) => ({ laneGroups: [s2Input, { ...s4Input, versionLabel: undefined, ...change }] });
const others = s4Input.services.map((service) => ({ ...service, name: `x${service.name}` }));
const ownService = { services: others, entry: { ...s4Input.entry, service: "xmocka" } };
export const badGroups: readonly BadConfig[] = [
  bad(
    "two groups of one name",
    twoGroups({ ...ownService, name: "test" }),
    "laneGroups[1].name",
    'lane group "test" is there twice',
    "each one once",
    /Remove or rename/,
  ),
  bad(
    "a service in two groups",
    twoGroups({ ...ownService, services: [...others, { name: "mockc", port: 8000, versions: ["v1"] }] }),
    "laneGroups[1].services[3].name",
    "service default/mockc is in lane group test too",
    "one lane group per service",
    /Remove it from one/,
  ),
  bad(
    "the same conditions in two groups",
    {
      laneGroups: [
        s4Input,
        {
          ...s4Input,
          ...ownService,
          name: "other",
          lanes: s4Input.lanes,
          entry: { ...ownService.entry, sticky: false },
        },
      ],
    },
    "laneGroups[1].entry",
    'rule other/entry has the same conditions as shop/entry (gateway istio-system/ingressgateway, host "*")',
    "one rule per condition",
    /Change/,
  ),
];
