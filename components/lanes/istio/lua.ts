import { baggageLimits, longestLaneName } from "../baggage";
import { versionHeader } from "../rules";

/*
 * All Lua that runs in a proxy. The text is the same for every lane group: editing a filter drains the connections of its
 * listener (istio#51655), so what differs comes with the routes, as the filter's context. The rules are those of
 * `baggage.ts`. All of it is linear in the size of the header, for whatever a client sends.
 */

/** Key of a filter's context that names the baggage key, which is the route header's name too. */
export const contextKey = "key";

/** Where the gateway's script leaves the client's baggage, with a comma in front, for the routes to append. */
export const clientBaggage = { namespace: "mesh-lanes", key: "baggage" } as const;

/** For sidecars, outbound: sets the route header from the baggage member, or removes it. A stale one cannot leak. */
export const deriveRouteHeaderLua = `
local PATTERNS = {}

-- The key, where its value begins, the value of printable signs, and the first sign of what else there is before the next
-- property or member. No part can take what the next one begins with, so there is no way back and forth.
local function patterns_of(key)
  local member = "[ \\t]*" .. key:gsub("%W", "%%%0")
    .. "[ \\t]*=[ \\t]*()([\\33-\\36\\38-\\43\\45-\\58\\60-\\126]*)[ \\t]*([^,;]?)"
  PATTERNS[key] = { first = "^" .. member, later = "," .. member }
  return PATTERNS[key]
end

local function decode(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function lane_of_encoded(line, start)
  local value, rest = line:match("^([^,; \\t]*)[ \\t]*([^,;]?)", start)
  local lane = rest == "" and decode(value)
  return lane and not lane:find("[^\\33-\\126]") and lane or nil
end

-- The first member of this key that has a value decides, even when no lane can have that value.
local function lane_of(line, key)
  if not line then return nil end
  local patterns = PATTERNS[key] or patterns_of(key)
  local start, value, rest = line:match(patterns.first)
  if not start then start, value, rest = line:match(patterns.later) end
  if rest == "" then return value ~= "" and value or nil end
  return rest == "%" and lane_of_encoded(line, start) or nil
end

function envoy_on_request(handle)
  local key = handle:filterContext():get("${contextKey}")
  if not key then return end
  local headers = handle:headers()
  local lane = lane_of(headers:get("baggage"), key)
  -- Without a change the proxy keeps the route that it has looked up already.
  if lane == headers:get(key) then return end
  if lane then headers:replace(key, lane) else headers:remove(key) end
end
`;

/** For the gateway: makes one line of a client's baggage, without the lane's key, and leaves it to the routes. */
export const clientBaggageLua = `
local function blank(byte)
  return byte == 32 or byte == 9
end

local function trim(text)
  local first, last = 1, #text
  while first <= last and blank(text:byte(first)) do first = first + 1 end
  while last >= first and blank(text:byte(last)) do last = last - 1 end
  return text:sub(first, last)
end

local function key_of(member)
  local semicolon = member:find(";", 1, true)
  local pair = semicolon and member:sub(1, semicolon - 1) or member
  local equals = pair:find("=", 1, true)
  return trim(equals and pair:sub(1, equals - 1) or pair)
end

function envoy_on_request(handle)
  local key = handle:filterContext():get("${contextKey}")
  -- All lines as one.
  local all = key and handle:headers():get("baggage")
  if not all then return end
  local kept, room = {}, ${baggageLimits.bytes} - #key - 1 - ${longestLaneName}
  for text in all:gmatch("[^,]+") do
    local member = trim(text)
    if member ~= "" and key_of(member) ~= key then
      room = room - 1 - #member
      if room < 0 or #kept == ${baggageLimits.members - 1} then break end
      kept[#kept + 1] = member
    end
  end
  if #kept == 0 then return end
  local line = "," .. table.concat(kept, ",")
  handle:streamInfo():dynamicMetadata():set("${clientBaggage.namespace}", "${clientBaggage.key}", line)
end
`;

/** File in which Kubernetes keeps a pod's labels for its sidecar; Istio's injection mounts it. */
const podLabels = "/etc/istio/pod/labels";

/**
 * For sidecars, inbound: a request that asks for the version by naming its label gets it with the answer. The gateway
 * cannot know it: it sees neither the pods' labels nor which version the runtime fallback took.
 */
export const answerVersionLua = `
local function value_of(label)
  local file = io.open("${podLabels}")
  if not file then return nil end
  local value
  for line in file:lines() do
    if not value and line:sub(1, #label + 2) == label .. '="' then value = line:sub(#label + 3, -2) end
  end
  file:close()
  return value
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local version = value_of(headers:get("${versionHeader}"))
  headers:remove("${versionHeader}")
  if version then handle:streamInfo():dynamicMetadata():set("mesh-lanes", "version", version) end
end

function envoy_on_response(handle)
  local told = handle:streamInfo():dynamicMetadata():get("mesh-lanes")
  if told then handle:headers():replace("${versionHeader}", told.version) end
end
`;
