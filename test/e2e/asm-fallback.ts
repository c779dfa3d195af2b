import type { Kubectl } from "../../tools/kubectl/kubectl";

/** What ASM adds to a destination of an HTTP route: `HTTPRouteFallback` in aliyun/alibabacloud-servicemesh-api. */
const fallback = {
  type: "object",
  required: ["target"],
  properties: {
    case: { type: "string" },
    target: {
      type: "object",
      required: ["host"],
      properties: {
        host: { type: "string" },
        subset: { type: "string" },
        port: { type: "object", properties: { number: { type: "integer" } } },
      },
    },
  },
};

const crd = ["crd", "virtualservices.networking.istio.io"];
const at = "schema/openAPIV3Schema/properties/spec/properties/http/items/properties/route/items/properties/fallback";

/** Makes an API server take VirtualServices as ASM's does. */
export function addFallback(kubectl: Kubectl): Promise<string> {
  return patchFallback(kubectl, "add");
}

export function removeFallback(kubectl: Kubectl): Promise<string> {
  return patchFallback(kubectl, "remove");
}

async function patchFallback(kubectl: Kubectl, op: "add" | "remove"): Promise<string> {
  const { versions }: { versions: unknown[] } = JSON.parse(await kubectl("get", ...crd, "-o", "json")).spec;
  const patch = versions.map((_, index) => ({ op, path: `/spec/versions/${index}/${at}`, value: fallback }));
  return kubectl("patch", ...crd, "--type=json", `--patch=${JSON.stringify(patch)}`);
}
