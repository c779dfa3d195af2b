import { z } from "zod";
import { luaText, scriptFilter } from "./filters";
import { type KubeObject, refused } from "./objects";

const specSchema = z.strictObject({
  workloadSelector: z.strictObject({ labels: z.record(z.string(), z.string()) }).optional(),
  headers: z.array(z.string().regex(/^[a-z0-9-]+$/)).min(1),
});

/**
 * An ASMHeaderPropagation ("ASMHeaderPropagation CRD"; document 003): pods carry `baggage` on, and their sidecars put the named
 * headers into it as requests come in, and take them out of it as requests go out.
 */
export function headerPropagationFilter(object: KubeObject): KubeObject {
  const headers = propagatedHeaders(object);
  return scriptFilter(object, "header-propagation", { inbound: inbound(headers), outbound: outbound(headers) });
}

export function propagatedHeaders(object: KubeObject): readonly string[] {
  const parsed = specSchema.safeParse(object.spec);
  if (parsed.success) return parsed.data.headers;
  const got = JSON.stringify(object.spec);
  const expected = "headers in lower case, and a workloadSelector perhaps";
  throw refused(object, { path: "spec", got, expected, fix: "Name each header; S1 to S5 need no headerPrefix." });
}

const member = `
local function member(line, key)
  for text in (line or ""):gmatch("[^,]+") do
    local name, value = text:match("^%s*([^=;%s]+)%s*=%s*([^;%s]*)")
    if name == key then return value end
  end
end
`;

/**
 * Two lanes in one request, one in the header and one in baggage: no document tells which one holds. Such a request is answered
 * with 501, so that no check can pass by it.
 */
function inbound(names: readonly string[]): string {
  return `${member}
local function undecided(handle, name)
  handle:respond({ [":status"] = "501" }, "asm-controller: no document tells what becomes of the header " .. name)
end
local function take_in(handle, name)
  local headers = handle:headers()
  local value, line = headers:get(name), headers:get("baggage")
  if not value then return true end
  local known = member(line, name)
  if known == value then return true end
  if known or value:find("[^%w%._~-]") then return undecided(handle, name) end
  headers:replace("baggage", (line and line .. "," or "") .. name .. "=" .. value)
  return true
end
function envoy_on_request(handle)
${names.map((name) => `  if not take_in(handle, ${luaText(name)}) then return end`).join("\n")}
end
`;
}

function outbound(names: readonly string[]): string {
  return `${member}
local function take_out(headers, name)
  local value = member(headers:get("baggage"), name)
  if value and headers:get(name) ~= value then headers:replace(name, value) end
end
function envoy_on_request(handle)
  local headers = handle:headers()
${names.map((name) => `  take_out(headers, ${luaText(name)})`).join("\n")}
end
`;
}
