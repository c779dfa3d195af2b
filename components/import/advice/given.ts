import { inLanes } from "../chain";
import type { Findings } from "../finding";
import type { ImportOptions } from "../options";
import type { ProposalContext } from "../proposal";

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
  const calls = (options.calls ?? []).flatMap(({ from, to }) => to.map((callee) => [from, callee] as const));
  for (const [from, to] of calls) {
    const missing = [from, to].find((name) => !proposed(name));
    if (missing === undefined) continue;
    const { got, fix } = whyNot(missing, context, options);
    const said = `${missing} is not in the lanes: ${got}`;
    findings.add("left out", `--calls ${from}=${to}`, said, "a call between services of the lane group", fix);
  }
}

function whyNot(
  name: string,
  { selected, consul, group }: ProposalContext,
  { only, without }: ImportOptions,
): { readonly got: string; readonly fix: string } {
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
