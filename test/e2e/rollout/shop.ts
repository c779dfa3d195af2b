import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, parseDocument } from "yaml";
import { projectRoot } from "../../../tools/paths";
import { stack } from "../support";

const service = (name: string, more: object = {}) => ({ name, port: 8000, versions: ["v1", "v2"], ...more });

/** The dev stack's services in one permissive group; calls to mockb fail now and then in the lanes that are named. */
export function shop(...faulty: string[]): (config: Document) => void {
  const fault = { fault: { abort: { percent: 50, status: 503 }, lanes: faulty } };
  return (config) => {
    config.setIn(
      ["config", "mesh-lanes:laneGroups"],
      [
        {
          name: "shop",
          mode: "permissive",
          versionLabel: "ASM_TRAFFIC_TAG",
          services: [service("mocka"), service("mockb", faulty.length > 0 ? { policy: fault } : {}), service("mockc")],
          entry: { service: "mocka", gateway: "istio-system/ingressgateway", header: "version" },
          routeHeader: "version",
          baseline: "v1",
          lanes: [{ name: "v1" }, { name: "v2" }],
        },
      ],
    );
  };
}

const stackFile = join(projectRoot, `Pulumi.${stack}.yaml`);

/** What the config says of the lanes. */
export function config(): { baseline: string; weights: Record<string, number | undefined> } {
  const document = parseDocument(readFileSync(stackFile, "utf8"));
  const group = document.toJS().config["mesh-lanes:laneGroups"][0];
  const weights = group.lanes.map(({ name, weight }: { name: string; weight?: number }) => [name, weight]);
  return { baseline: group.baseline, weights: Object.fromEntries(weights) };
}
