import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { deriveRouteHeaderLua, removeClientMemberLua } from "../../../../../components/lanes/istio/lua";
import { baggageCases } from "../baggage-cases";

/** Envoy runs LuaJIT; Lua 5.1 is the same language. */
const interpreter = ["luajit", "lua5.1"].find((name) => spawnSync(name, ["-v"]).status === 0);

/** Stands in for Envoy's header map: `list` holds pairs of lower-case name and value. */
const headerMap = `
local function header_map(list)
  local map = { list = list }
  function map:values(key)
    local found = {}
    for _, pair in ipairs(self.list) do if pair[1] == key then found[#found + 1] = pair[2] end end
    return found
  end
  function map:get(key) local found = self:values(key) if #found > 0 then return table.concat(found, ",") end end
  function map:getNumValues(key) return #self:values(key) end
  function map:getAtIndex(key, index) return self:values(key)[index + 1] end
  function map:remove(key)
    local kept = {}
    for _, pair in ipairs(self.list) do if pair[1] ~= key then kept[#kept + 1] = pair end end
    self.list = kept
  end
  function map:add(key, value) self.list[#self.list + 1] = { key, value } end
  function map:replace(key, value) self:remove(key) self:add(key, value) end
  return map
end
local function run(key, list)
  local map = header_map(list)
  envoy_on_request({ headers = function() return map end })
  print(table.concat(map:values(key), "|"))
end
`;

type Headers = readonly (readonly [name: string, value: string])[];

/** Values of a header after the script has seen each of the requests. */
function runLua(script: string, key: string, requests: readonly Headers[]): string[] {
  assert.ok(interpreter);
  const calls = requests.map((headers) => {
    const pairs = headers.map(([name, value]) => `{${JSON.stringify(name)},${JSON.stringify(value)}}`);
    return `run(${JSON.stringify(key)}, {${pairs.join(",")}})`;
  });
  const { stdout, stderr, status } = spawnSync(interpreter, ["-"], {
    input: [script, headerMap, ...calls].join("\n"),
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return stdout.split("\n").slice(0, -1);
}

describe("Lua of the filters (where luajit or lua5.1 is installed)", () => {
  before(function () {
    if (!interpreter) this.skip();
  });
  const baggage = (lines: readonly string[]): Headers => lines.map((line) => ["baggage", line] as const);
  const hosts = ["mockb", "*.shop.example.com"];
  const titles = baggageCases.map(({ title }) => title);
  const titled = (results: readonly string[]) => results.map((result, index) => `${titles[index]}: ${result}`);

  for (const stale of [[], ["stale"], ["v2"], ["v2", "v3"]]) {
    it(`derives the route header as the TypeScript does, over ${stale.join(" and ") || "none"} from before`, () => {
      const before: Headers = [[":authority", "MockB:8000"], ...stale.map((value) => ["version", value] as const)];
      const script = deriveRouteHeaderLua({ key: "version", hosts });
      const seen = runLua(
        script,
        "version",
        baggageCases.map(({ lines }) => [...before, ...baggage(lines)]),
      );
      assert.deepEqual(titled(seen), titled(baggageCases.map(({ lane }) => lane ?? "")));
    });
  }

  for (const [host, scope] of Object.entries({ "a.shop.example.com:80": hosts, "10.0.0.1": ["*"] })) {
    it(`removes the client's member as the TypeScript does, on host ${host} of ${scope.join(" and ")}`, () => {
      const script = removeClientMemberLua({ key: "version", hosts: scope });
      const requests = baggageCases.map(({ lines }): Headers => [[":authority", host], ...baggage(lines)]);
      const expected = baggageCases.map(({ cleaned }) => cleaned.join("|"));
      assert.deepEqual(titled(runLua(script, "baggage", requests)), titled(expected));
    });
  }

  it("knows its hosts as the proxy does: what follows the last colon does not count, a number or not", () => {
    const request = (host: string): Headers => [
      [":authority", host],
      ["baggage", "version=v2"],
    ];
    const own = ["mockb:80", "mockb:", "MOCKB:80x", "a.shop.example.com:x"].map(request);
    assert.deepEqual(runLua(removeClientMemberLua({ key: "version", hosts }), "baggage", own), Array(4).fill(""));
    const other = ["mockb:80]", "mockb:80:80"].map(request);
    const kept = runLua(removeClientMemberLua({ key: "version", hosts }), "baggage", other);
    assert.deepEqual(kept, Array(2).fill("version=v2"));
  });

  it("leaves requests to other hosts alone", () => {
    const request = (host: string): Headers => [
      [":authority", host],
      ["version", "mine"],
      ["baggage", "version=v2"],
    ];
    const others = ["api.example.com", "shop.example.com", "xmockb", "mockb.other"].map(request);
    assert.deepEqual(runLua(deriveRouteHeaderLua({ key: "version", hosts }), "version", others), Array(4).fill("mine"));
    const kept = runLua(removeClientMemberLua({ key: "version", hosts }), "baggage", others);
    assert.deepEqual(kept, Array(4).fill("version=v2"));
  });
});
