/*
 * All Lua that runs in a proxy. It knows a group's key, header and hosts, never a lane: no promotion edits it, since editing a
 * filter drains the connections of its listener (istio#51655). The rules are those of `baggage.ts`. Only plain string
 * functions are used, each linear in the size of the header, for whatever a client sends.
 */

const baggageLibrary = `
local function blank(byte)
  return byte == 32 or byte == 9
end

local function trim(text)
  local first, last = 1, #text
  while first <= last and blank(text:byte(first)) do first = first + 1 end
  while last >= first and blank(text:byte(last)) do last = last - 1 end
  return text:sub(first, last)
end

-- Calls visit(member) for each part between commas until it returns true.
local function each_member(line, visit)
  local start = 1
  while true do
    local comma = line:find(",", start, true)
    if visit(line:sub(start, (comma or #line + 1) - 1)) then return true end
    if not comma then return false end
    start = comma + 1
  end
end

local function split(member)
  local semicolon = member:find(";", 1, true)
  local pair = semicolon and member:sub(1, semicolon - 1) or member
  local equals = pair:find("=", 1, true)
  if not equals then return trim(pair), nil end
  return trim(pair:sub(1, equals - 1)), trim(pair:sub(equals + 1))
end

local function decode(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function baggage_lines(headers)
  local lines = {}
  for index = 0, headers:getNumValues("baggage") - 1 do
    lines[#lines + 1] = headers:getAtIndex("baggage", index)
  end
  return lines
end

local function for_this_group(headers)
  local authority = headers:get(":authority")
  if not authority then return false end
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
function envoy_on_request(handle)
  local headers = handle:headers()
  if not for_this_group(headers) then return end
  local lane = nil
  for _, line in ipairs(baggage_lines(headers)) do
    local found = each_member(line, function(member)
      local name, value = split(member)
      if name ~= KEY or value == nil then return false end
      local decoded = decode(value)
      if #decoded > 0 and not decoded:find("[^\\33-\\126]") then lane = decoded end
      return true
    end)
    if found then break end
  end
  -- A header left as it is keeps the route that the proxy has looked up already.
  local current = headers:get(KEY)
  if lane == nil then
    if current ~= nil then headers:remove(KEY) end
  elseif current ~= lane or headers:getNumValues(KEY) > 1 then
    headers:replace(KEY, lane)
  end
end
`;

const removeClientMember = `
function envoy_on_request(handle)
  local headers = handle:headers()
  if not for_this_group(headers) then return end
  local lines, changed = {}, false
  for _, line in ipairs(baggage_lines(headers)) do
    local kept, dropped = {}, false
    each_member(line, function(member)
      if split(member) == KEY then dropped = true else kept[#kept + 1] = member end
      return false
    end)
    changed = changed or dropped
    if not dropped then
      lines[#lines + 1] = line
    elseif #kept > 0 then
      lines[#lines + 1] = table.concat(kept, ",")
    end
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
  readonly hosts: readonly string[];
}

/** For sidecars, outbound: sets the route header from the baggage member, or removes it. A stale one cannot leak. */
export function deriveRouteHeaderLua(scope: LuaScope): string {
  return constants(scope) + baggageLibrary + deriveRouteHeader;
}

/** For the gateway: takes the lane's member out of a client's baggage. */
export function removeClientMemberLua(scope: LuaScope): string {
  return constants(scope) + baggageLibrary + removeClientMember;
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

/** Header and host names hold neither quotes, backslashes nor control characters; JSON's form is Lua's for the rest. */
function luaString(text: string): string {
  return JSON.stringify(text);
}
