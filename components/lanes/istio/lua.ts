/*
 * All Lua that runs in a proxy. It knows a group's key, header and hosts, never a lane: no promotion edits it, since editing a
 * filter drains the connections of its listener (istio#51655). The rules are those of `baggage.ts`. All of it is linear in the
 * size of the header, for whatever a client sends. What most requests need comes first: it runs for each of them.
 */

const commonFunctions = `
local function for_this_group(headers)
  local authority = headers:get(":authority")
  if not authority then return false end
  if EXACT_HOSTS[authority] then return true end
  -- As Envoy does it: the last colon and what follows go, a number or not, but not within the brackets of IPv6.
  local host = authority:gsub(":[^:%]]*$", ""):lower()
  if EXACT_HOSTS[host] then return true end
  for _, suffix in ipairs(HOST_SUFFIXES) do
    -- "*" leaves the empty suffix, and sub(-0) would be the whole host.
    if suffix == "" or (#host > #suffix and host:sub(-#suffix) == suffix) then return true end
  end
  return false
end
`;

const deriveRouteHeader = `
local function decode(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function lane_of_encoded(line, start)
  local value, rest = line:match("^([^,; \t]*)[ \t]*([^,;]?)", start)
  local lane = rest == "" and decode(value)
  return lane and not lane:find("[^\\33-\\126]") and lane or nil
end

-- The first member of this key that has a value decides, even when no lane can have that value.
local function lane_of(line)
  if not line then return nil end
  local start, value, rest = line:match(FIRST_MEMBER)
  if not start then start, value, rest = line:match(LATER_MEMBER) end
  if rest == "" then return value ~= "" and value or nil end
  return rest == "%" and lane_of_encoded(line, start) or nil
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local lane = lane_of(headers:get("baggage"))
  if lane and for_this_group(headers) then
    headers:replace(KEY, lane)
  -- Without a change the proxy keeps the route that it has looked up already.
  elseif not lane and headers:get(KEY) and for_this_group(headers) then
    headers:remove(KEY)
  end
end
`;

const removeClientMember = `
local function blank(byte)
  return byte == 32 or byte == 9
end

local function trim(text)
  local first, last = 1, #text
  while first <= last and blank(text:byte(first)) do first = first + 1 end
  while last >= first and blank(text:byte(last)) do last = last - 1 end
  return text:sub(first, last)
end

local function has_key(member)
  local semicolon = member:find(";", 1, true)
  local pair = semicolon and member:sub(1, semicolon - 1) or member
  local equals = pair:find("=", 1, true)
  return trim(equals and pair:sub(1, equals - 1) or pair) == KEY
end

-- The line without the key's members, nil when nothing is left of it; and whether there was one.
local function without_key(line)
  local kept, dropped, start = {}, false, 1
  while start do
    local comma = line:find(",", start, true)
    local member = line:sub(start, (comma or #line + 1) - 1)
    if has_key(member) then dropped = true else kept[#kept + 1] = member end
    start = comma and comma + 1
  end
  if not dropped then return line, false end
  return #kept > 0 and table.concat(kept, ",") or nil, true
end

function envoy_on_request(handle)
  local headers = handle:headers()
  -- All lines as one. In most requests the key is nowhere in it.
  local all = headers:get("baggage")
  if not all or not all:find(KEY, 1, true) or not for_this_group(headers) then return end
  local lines, changed = {}, false
  for index = 0, headers:getNumValues("baggage") - 1 do
    local line, dropped = without_key(headers:getAtIndex("baggage", index))
    lines[#lines + 1] = line
    changed = changed or dropped
  end
  if not changed then return end
  headers:remove("baggage")
  for _, line in ipairs(lines) do headers:add("baggage", line) end
end
`;

/** Which requests a script touches: those to these hosts, with any port. `*` and `*.name` as in a VirtualService. */
export interface LuaScope {
  /** The baggage key, which is the route header's name too. */
  readonly key: string;
  /** One that is given with a port as well is known at once when a request names it so. */
  readonly hosts: readonly string[];
}

/** For sidecars, outbound: sets the route header from the baggage member, or removes it. A stale one cannot leak. */
export function deriveRouteHeaderLua(scope: LuaScope): string {
  // The key, where its value begins, the value of printable signs, and the first sign of what else there is before the next
  // property or member. No part can take what the next one begins with, so there is no way back and forth.
  const member = `[ \\t]*${luaPattern(scope.key)}[ \\t]*=[ \\t]*()([\\33-\\36\\38-\\43\\45-\\58\\60-\\126]*)[ \\t]*([^,;]?)`;
  const patterns = `\nlocal FIRST_MEMBER = "^${member}"\nlocal LATER_MEMBER = ",${member}"`;
  return constants(scope) + patterns + commonFunctions + deriveRouteHeader;
}

/** For the gateway: takes the lane's member out of a client's baggage. */
export function removeClientMemberLua(scope: LuaScope): string {
  return constants(scope) + commonFunctions + removeClientMember;
}

function constants({ key, hosts }: LuaScope): string {
  const lower = [...hosts].map((host) => host.toLowerCase()).sort();
  const exact = lower.filter((host) => !host.startsWith("*"));
  const suffixes = lower.filter((host) => host.startsWith("*")).map((host) => host.slice(1));
  return [
    `local KEY = ${luaString(key)}`,
    `local EXACT_HOSTS = { ${exact.map((host) => `[${luaString(host)}] = true`).join(", ")} }`,
    `local HOST_SUFFIXES = { ${suffixes.map(luaString).join(", ")} }`,
  ].join("\n");
}

/** A text as a pattern that matches it alone: `%` may stand before any sign, and must before some. */
function luaPattern(text: string): string {
  return text.replace(/[^a-zA-Z0-9]/g, "%$&");
}

/** Header and host names hold neither quotes, backslashes nor control characters; JSON's form is Lua's for the rest. */
function luaString(text: string): string {
  return JSON.stringify(text);
}
