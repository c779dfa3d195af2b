import { inLanes } from "../chain";
import type { Findings } from "../finding";
import type { ImportOptions } from "../options";
import type { ProposalContext } from "../proposal";
import { list } from "./list";

/** Calls and services that whoever imports names, and that the group does not have. None is dropped without a word. */
export function givenAndLeftOut(findings: Findings, context: ProposalContext, options: ImportOptions): void {
  const { services } = context;
  const proposed = (name: string) => {
    const service = inLanes(name, context.selected);
    return service && services.find((each) => each.service === service);
  };
  for (const name of new Set(options.only ?? [])) {
    if (proposed(name)) continue;
    const { got, fix } = whyNot(name, context, options);
    findings.add("left out", `--service ${name}`, `it is not in the lanes: ${got}`, "a service of the lane group", fix);
  }
  const alike = new Map<string, { readonly call: string; readonly name: string; readonly why: Reason }[]>();
  for (const { from, to } of options.calls ?? [])
    for (const callee of to) {
      const name = [from, callee].find((each) => !proposed(each));
      if (name === undefined) continue;
      const why = whyNot(name, context, options);
      alike.set(why.got, [...(alike.get(why.got) ?? []), { call: `${from}=${callee}`, name, why }]);
    }
  for (const [got, dropped] of alike) {
    const names = [...new Set(dropped.map(({ name }) => name))];
    findings.add(
      "left out",
      `--calls ${list(dropped.map(({ call }) => call))}`,
      `${list(names)} ${names.length === 1 ? "is" : "are"} not in the lanes: ${got}`,
      "calls between services of the lane group",
      dropped[0]?.why.fix ?? "Leave them out.",
    );
  }
}

interface Reason {
  readonly got: string;
  readonly fix: string;
}

function whyNot(name: string, { selected, consul, group }: ProposalContext, { only, without }: ImportOptions): Reason {
  const left = selected.leftOut.find(({ service }) => service.name === name);
  if (left) return left;
  const by = without?.includes(name) ? "--without" : only && !only.includes(name) ? "--service" : undefined;
  if (by !== undefined) return { got: `${by} leaves it out`, fix: `Correct ${by}, or leave the call out.` };
  if (consul.some(({ service }) => service.name === name))
    return { got: "it registers with Consul", fix: "Have callers use the name of its Service." };
  return {
    got: `it is not in namespace ${group.namespace}, and no call is known that leads to it from the entry`,
    fix: "Tell the calls that lead to it too, or import its namespace by itself.",
  };
}
