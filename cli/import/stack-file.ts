import { Document, isCollection, isMap, isNode, isScalar, isSeq } from "yaml";
import type { Proposal, ProposedService } from "../../components/import/proposal";
import { gatewayName } from "../../config/gateway/gateway";
import { configNamespace } from "../../config/stack";
import { ownGateway } from "./stack-values";

type Path = readonly (string | number)[];

/**
 * A stack file with the proposal, and beside each part why it is as it is.
 *
 * @param schema the line by which editors find its schema.
 */
export function importedStackFile(
  values: Readonly<Record<string, unknown>>,
  proposal: Proposal,
  schema: string,
): string {
  const key = (name: string) => `${configNamespace}:${name}`;
  const config = Object.fromEntries(Object.entries(values).map(([name, value]) => [key(name), value]));
  const document = new Document({ config }, { aliasDuplicateObjects: false });
  document.commentBefore = [
    schema,
    ` Proposed by \`lanes import\`. Nothing is deployed: services, pods and routes that exist stay as they are.`,
    ...proposal.findings
      .filter(({ kind }) => kind === "first" || kind === "decide")
      .map(({ kind, path, got }) => ` ${kind === "first" ? "Before `lanes up`" : "To decide"}: ${path}: ${got}.`),
  ].join("\n");
  const group = [key("laneGroups"), 0];
  for (const [path, text] of comments(proposal, group, key)) comment(document, ["config", ...path], text);
  for (const path of flows(proposal, group, key)) {
    const node = document.getIn(["config", ...path], true);
    if (isCollection(node)) node.flow = true;
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Before a key, or before an item of a list. */
function comment(document: Document, path: Path, text: string): void {
  const parent = document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  const node = isSeq(parent)
    ? parent.items[Number(last)]
    : isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === last)?.key
      : undefined;
  if (isNode(node)) node.commentBefore = ` ${text}`;
}

function comments(
  { group, services, entry, versionLabel }: Proposal,
  at: Path,
  key: (name: string) => string,
): (readonly [Path, string])[] {
  const [baseline, ...lanes] = group.lanes;
  return [
    [[key("cluster")], "A cluster that somebody else runs. The file is looked for from the folder of the project."],
    [[key("mesh")], "Its Istio stays as it is. Add `revision` where the sidecars have one."],
    [
      [key("gateway")],
      group.entry.gateway === gatewayName(ownGateway(group.name))
        ? "A gateway of the stack's own: the routes of existing gateways stay as they are."
        : "A gateway that somebody else runs; its objects stay as they are. `address` is where clients reach it; 127.0.0.1 with kubectl port-forward.",
    ],
    [[...at, "mode"], "A lane has what it changes; the baseline answers for the rest."],
    ...(group.versionLabel === undefined
      ? []
      : [[[...at, "versionLabel"], `Tells versions: ${versionLabel.why}.`] as const]),
    [[...at, "services"], "From the entry on, along the calls that were found."],
    ...services.map((service, index) => {
      const own = group.services[index];
      const tells = own?.versionLabel !== undefined || own?.versionLabels !== undefined;
      return [[...at, "services", index], serviceComment(service, tells)] as const;
    }),
    [
      [...at, "entry"],
      `Requests come in here: ${entry.why}. One whose header names a lane enters it; all others take the baseline.`,
    ],
    ...(group.entry.routes === undefined
      ? []
      : [
          [
            [...at, "entry", "routes"],
            "As routes of the gateway have it today, in order: the first that fits.",
          ] as const,
        ]),
    ...(group.entry.policy === undefined
      ? []
      : [[[...at, "entry", "policy"], "As all routes of the gateway have it today."] as const]),
    [[...at, "routeHeader"], "Set at each hop from the baggage that the apps forward."],
    [
      [...at, "lanes"],
      lanes.length > 0
        ? `What runs today is ${baseline?.name}; each other version is a lane of its own.`
        : "What runs today. A canary is one line more: `- { name: canary, version: v2 }`, once a service has v2 under versions.",
    ],
  ];
}

/** @param tells whether its versions are told in a way of its own. */
function serviceComment({ main, versions, told: by, calls, reached }: ProposedService, tells: boolean): string {
  const protocol = `${main.verdict.protocol}: ${main.verdict.why}`;
  const baseline = versions.versions.length > 1 ? `; baseline ${versions.baseline}: ${versions.why}` : "";
  const told = calls.map(({ to, evidence }) => `${to.name} by ${evidence}`).slice(0, 3);
  const more = calls.length > told.length ? ` and ${calls.length - told.length} more` : "";
  const called = calls.length > 0 ? `; calls ${told.join(", ")}${more}` : "";
  const labels = tells ? `; versions: ${by.why}` : "";
  return `${protocol}${baseline}${labels}${called}${reached ? "" : "; who calls it is not known"}`;
}

/** What is easier to read in one line. */
function flows({ group }: Proposal, at: Path, key: (name: string) => string): Path[] {
  return [
    [key("cluster")],
    [key("mesh")],
    [key("gateway"), "ports", 0],
    ...group.services.map((_service, index) => [...at, "services", index]),
    [...at, "entry", "hosts"],
    [...at, "entry", "path"],
    [...at, "entry", "policy"],
    ...(group.entry.routes ?? []).map((_route, index) => [...at, "entry", "routes", index]),
    ...group.lanes.map((_lane, index) => [...at, "lanes", index]),
  ];
}
