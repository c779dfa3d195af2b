import { z } from "zod";
import { luaText, scriptFilter } from "./filters";
import { type KubeObject, refused } from "./objects";

const specSchema = z.strictObject({
  workloadSelector: z.strictObject({ labels: z.record(z.string(), z.string()) }).optional(),
  rules: z.array(
    z.strictObject({ labels: z.array(z.strictObject({ name: z.string(), valueFrom: z.array(z.string()).min(1) })) }),
  ),
});

/** A header, and the Lua expressions that are asked for its value, one after the other. */
interface Labelled {
  readonly header: string;
  readonly values: readonly string[];
}

/** A TrafficLabel ("Label traffic"): its sidecars write a header on every request that their pod sends. */
export function trafficLabelFilter(object: KubeObject): KubeObject {
  return scriptFilter(object, "traffic-label", { outbound: script(labelled(object)) });
}

/** Header -> where its value is taken from, in words; by it two objects are compared. */
export function trafficLabelHeaders(object: KubeObject): ReadonlyMap<string, string> {
  return new Map(labelled(object).map(({ header, values }) => [header, values.join(" or ")]));
}

function labelled(object: KubeObject): Labelled[] {
  const parsed = specSchema.safeParse(object.spec);
  if (!parsed.success) {
    const expected = 'the fields of "Label traffic"';
    throw refused(object, { path: "spec", got: JSON.stringify(object.spec), expected, fix: "Write those only." });
  }
  return parsed.data.rules.flatMap(({ labels }) =>
    labels.map(({ name, valueFrom }) => {
      if (!/^[a-z0-9-]+$/.test(name)) {
        const expected = "a header's name in lower case";
        throw refused(object, { path: "spec.rules.labels.name", got: name, expected, fix: "Write one." });
      }
      return { header: name, values: valueFrom.map((from) => expressionOf(object, from)) };
    }),
  );
}

/** What it takes of a request that came in is for the traces of requests, which no proxy here remembers. */
function expressionOf(object: KubeObject, from: string): string {
  const [, variable, argument = ""] =
    /^\$(getLabel|getLocalOutboundRequestHeader)\(([A-Za-z0-9._/-]+)\)$/.exec(from) ?? [];
  if (variable === "getLabel") return `label(${luaText(argument)})`;
  if (variable === "getLocalOutboundRequestHeader") return `headers:get(${luaText(argument)})`;
  const expected = "$getLabel(x) or $getLocalOutboundRequestHeader(x)";
  throw refused(object, { path: "spec.rules.labels.valueFrom", got: from, expected, fix: "S1 to S5 need no other." });
}

/** Labels are read where Istio's injection mounts them; those of a pod that runs are not expected to change. */
function script(all: readonly Labelled[]): string {
  const lines = all.map(({ header, values }) => `  set(headers, ${luaText(header)}, ${values.join(" or ")})`);
  return `
local known = {}
local function label(name)
  if known[name] == nil then
    known[name] = false
    for line in io.lines("/etc/istio/pod/labels") do
      if line:sub(1, #name + 2) == name .. '="' then known[name] = line:sub(#name + 3, -2) end
    end
  end
  return known[name] or nil
end
local function set(headers, name, value)
  if value and headers:get(name) ~= value then headers:replace(name, value) end
end
function envoy_on_request(handle)
  local headers = handle:headers()
${lines.join("\n")}
end
`;
}
