import { serviceHost } from "../object";
import type { LaneGroup } from "../spec";
import { isDnsLabel, isDnsName } from "../syntax";
import { type Problems, quote } from "./problems";

/** What a scoped group's services may call besides one another. */
export function validateScope(problems: Problems, at: string, group: LaneGroup): void {
  const { scope } = group;
  scope?.egress.forEach((entry, index) => {
    const [from = "", host = "", ...rest] = entry.split("/");
    const isNamespace = from === "*" || from === "." || isDnsLabel(from);
    const isHost = host === "*" || isDnsName(host.startsWith("*.") ? host.slice(2) : host);
    if (rest.length === 0 && isNamespace && isHost) return;
    const expected = "namespace/host: a namespace, . or *; a DNS name, *.name or *";
    const isName = isDnsName(entry);
    // A name by itself would be looked for in no namespace.
    const fix = isName ? `Write ${suggestion(entry, group)}.` : "Write it like istio-system/* or */api.example.com.";
    problems.add(`${at}.scope.egress[${index}]`, `got ${quote(entry)}`, expected, fix);
  });
  problems.duplicates(scope?.egress ?? [], (index) => `${at}.scope.egress[${index}]`, "egress");
}

function suggestion(name: string, group: LaneGroup): string {
  if (!isDnsLabel(name)) return `*/${name}`;
  const known = group.services.find((service) => service.name === name);
  const { namespace } = known ?? group;
  return `${namespace}/${serviceHost({ name, namespace }, group)}`;
}
