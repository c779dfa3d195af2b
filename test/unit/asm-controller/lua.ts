import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../../../tools/paths";
import { asRecord, records } from "../../../tools/values";
import type { KubeObject } from "../../asm-controller/objects";

type Headers = Readonly<Record<string, string>>;

/** Stands in for Envoy's handle and for the file of a pod's labels. */
const surroundings = (headers: Headers, labels: Headers) => `
local list = { ${pairs(headers)} }
local answer
local map = {}
function map:get(key) return list[key] end
function map:replace(key, value) list[key] = value end
local handle = {}
function handle:headers() return map end
function handle:respond(headers, body) answer = headers[":status"] .. " " .. body end
function io.lines(file)
  assert(file == "/etc/istio/pod/labels")
  return (${JSON.stringify(
    Object.entries(labels)
      .map(([key, value]) => `${key}="${value}"`)
      .join("\n"),
  )}):gmatch("[^\\n]+")
end
`;

const end = `
envoy_on_request(handle)
if answer then print(answer) return end
local names = {}
for name in pairs(list) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do print(name .. ": " .. list[name]) end
`;

/** A request after a filter's script: its headers, one a line, or the proxy's own answer. */
export function afterScript(
  filter: KubeObject,
  side: "inbound" | "outbound",
  headers: Headers,
  labels: Headers = {},
): string {
  const input = surroundings(headers, labels) + scriptOf(filter, side) + end;
  const { stdout, stderr } = spawnSync(process.execPath, [join(projectRoot, "test", "lua.js")], {
    input,
    encoding: "utf8",
  });
  if (stderr !== "") throw new Error(stderr);
  return stdout.trim();
}

function scriptOf({ spec }: KubeObject, side: string): string {
  const context = `SIDECAR_${side.toUpperCase()}`;
  const patch = records(spec.configPatches).find(({ match }) => asRecord(match).context === context);
  const config = asRecord(asRecord(asRecord(patch?.patch).value).typed_config);
  return String(asRecord(config.default_source_code).inline_string);
}

function pairs(headers: Headers): string {
  return Object.entries(headers)
    .map(([key, value]) => `[${JSON.stringify(key)}] = ${JSON.stringify(value)}`)
    .join(", ");
}
