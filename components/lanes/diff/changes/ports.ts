import { declaredPorts, portWords } from "../../ports";
import type { LaneService } from "../../spec";
import type { Change } from "../report";
import type { GroupPair } from "../sides";
import { change, listed } from "./change";

/** Ports on which requests stay in their lane, or no longer do. */
export function portChanges({ before, after }: GroupPair): Change[] {
  return after.services.flatMap((service): Change[] => {
    const old = before.services.find(({ name }) => name === service.name);
    if (!old) return [];
    const [was, now] = [laneable(old), laneable(service)];
    const gained = now.filter(({ port }) => !was.some((other) => other.port === port));
    const lost = was.filter(({ port }) => !now.some((other) => other.port === port));
    const moved = old.port === service.port ? [] : [`the entry and probes take ${service.port}, before ${old.port}`];
    const told = [
      ...(gained.length > 0 ? [`${listed(gained.map(portWords))} is routed by lanes`] : []),
      ...(lost.length > 0 ? [`${listed(lost.map(portWords))} is no longer routed by lanes`] : []),
      ...moved,
    ];
    return told.length === 0 ? [] : [change("ports", "care", after.name, `${service.name}: port ${told.join("; ")}`)];
  });
}

function laneable(service: LaneService) {
  return declaredPorts(service).filter((port) => port.laneable);
}
