import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { answerVersionLua, clientBaggageLua, deriveRouteHeaderLua } from "../../../../../components/lanes/istio/lua";
import { projectRoot } from "../../../../../tools/paths";
import { baggageCases } from "../baggage-cases";

/** Stands in for Envoy's handle: `list` holds pairs of lower-case name and value, `context` what the route says. */
const handle = `
local function header_map(list)
  local map = { list = list, changes = 0 }
  function map:values(key)
    local found = {}
    for _, pair in ipairs(self.list) do if pair[1] == key then found[#found + 1] = pair[2] end end
    return found
  end
  function map:get(key) local found = self:values(key) if #found > 0 then return table.concat(found, ",") end end
  function map:remove(key)
    local kept = {}
    for _, pair in ipairs(self.list) do if pair[1] ~= key then kept[#kept + 1] = pair end end
    self.list = kept
    self.changes = self.changes + 1
  end
  function map:replace(key, value) self:remove(key) self.list[#self.list + 1] = { key, value } end
  return map
end
local function handle_of(list, context)
  local map, metadata = header_map(list), {}
  local dynamic = {}
  function dynamic:set(namespace, key, value)
    metadata[namespace] = metadata[namespace] or {}
    metadata[namespace][key] = value
  end
  function dynamic:get(namespace) return metadata[namespace] end
  return {
    headers = function() return map end,
    metadata = metadata,
    filterContext = function() return { get = function(_, key) return context[key] end } end,
    streamInfo = function() return { dynamicMetadata = function() return dynamic end } end,
  }
end
local function header_after(name, list, context)
  local handle = handle_of(list, context)
  envoy_on_request(handle)
  print((handle:headers():get(name) or "") .. " " .. handle:headers().changes)
end
local function metadata_after(list, context)
  local handle = handle_of(list, context)
  envoy_on_request(handle)
  print((handle.metadata["mesh-lanes"] or {}).baggage or "")
  assert(handle:headers().changes == 0)
end
local function answer_after(list, answer)
  local handle = handle_of(list, {})
  envoy_on_request(handle)
  local left = handle:headers():get("x-mesh-version")
  handle.headers = function() return answer end
  envoy_on_response(handle)
  print((left or "") .. "|" .. table.concat(answer:values("x-mesh-version"), ","))
end
`;

type Headers = readonly (readonly [name: string, value: string])[];

/** What the calls print after a script is loaded, a line each. */
function runLua(script: string, calls: readonly string[]): string[] {
  const input = [script, handle, ...calls].join("\n");
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(projectRoot, "test", "lua.js")], {
    input,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return stdout.split("\n").slice(0, -1);
}

const list = (headers: Headers) =>
  `{${headers.map(([name, value]) => `{${JSON.stringify(name)},${JSON.stringify(value)}}`).join(",")}}`;
const baggage = (lines: readonly string[]): Headers => lines.map((line) => ["baggage", line] as const);
const titled = (results: readonly string[]) =>
  results.map((result, index) => `${baggageCases[index]?.title}: ${result}`);

describe("Lua of the filters", () => {
  for (const stale of [[], ["stale"], ["v2"], ["v2", "v3"]]) {
    it(`derives the route header as the TypeScript does, over ${stale.join(" and ") || "none"} from before`, () => {
      const before: Headers = stale.map((value) => ["version", value] as const);
      const calls = baggageCases.map(
        ({ lines }) => `header_after("version", ${list([...before, ...baggage(lines)])}, { key = "version" })`,
      );
      // A change costs the proxy another look for the route.
      const expected = baggageCases.map(({ lane }) => `${lane ?? ""} ${stale.join(",") === (lane ?? "") ? 0 : 1}`);
      assert.deepEqual(titled(runLua(deriveRouteHeaderLua, calls)), titled(expected));
    });
  }

  it("takes the key from the route, one after the other, and does nothing where there is none", () => {
    const sent = list([["x-lane", "mine"], ...baggage(["x-lane=a,xxlane=b,version=c"])]);
    const calls = ["x-lane", "version", "xxlane"].map((key) => `header_after("${key}", ${sent}, { key = "${key}" })`);
    assert.deepEqual(runLua(deriveRouteHeaderLua, [...calls, ...calls]), Array(2).fill(["a 1", "c 1", "b 1"]).flat());
    assert.deepEqual(runLua(deriveRouteHeaderLua, [`header_after("x-lane", ${sent}, {})`]), ["mine 0"]);
    assert.deepEqual(runLua(clientBaggageLua, [`metadata_after(${sent}, {})`]), [""]);
  });

  it("leaves the client's members to the routes as the TypeScript does, and changes no header", () => {
    const calls = baggageCases.map(({ lines }) => `metadata_after(${list(baggage(lines))}, { key = "version" })`);
    const expected = baggageCases.map(({ client }) => client.map((member) => `,${member}`).join(""));
    assert.deepEqual(titled(runLua(clientBaggageLua, calls)), titled(expected));
  });

  it("answers with the value of the pod's label that a request asks for, and keeps the question from the app", () => {
    const labels = ['app="mocka"', 'release="r-7"', 'version="v2"', 'version-x="v3"'].join("\n");
    const file = `local lines = ${JSON.stringify(labels)}
      io.open = function(path)
        return { lines = function() return lines:gmatch("[^\\n]+") end, close = function() end }
      end`;
    const ask = (label: string) => `answer_after(${list([["x-mesh-version", label]])}, header_map({}))`;
    const forged = `answer_after(${list([["x-mesh-version", "version"]])}, header_map({{"x-mesh-version","v9"}}))`;
    const asked = ["version", "release", "version-x", "versio", "none"].map(ask);
    assert.deepEqual(runLua(answerVersionLua, [file, ...asked, forged]), ["|v2", "|r-7", "|v3", "|", "|", "|v2"]);
    assert.deepEqual(runLua(answerVersionLua, ["io.open = function() end", ask("version")]), ["|"]);
  });
});
