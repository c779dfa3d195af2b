import { group, type Language } from "./language";

/** JavaScript, as TypeScript comes to run: the types are for test/e2e/package.test.ts. */
export const typescript: Language = {
  name: "TypeScript",
  prepare: async () => [],
  write(folder, lanes) {
    folder.write("Pulumi.yaml", "name: own\nruntime: nodejs\nmain: index.js\n");
    folder.write(
      "index.js",
      `const k8s = require("@pulumi/kubernetes");
const pulumi = require("@pulumi/pulumi");
const { LaneGroup, parseLaneGroup } = require("mesh-lanes");

const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
const provider = new k8s.Provider("cluster", { kubeconfig });
const group = parseLaneGroup(${JSON.stringify({ name: "own", ...group, lanes })});
const gateway = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
new LaneGroup("own", { group, gateway, kubeconfig }, { provider });
`,
    );
  },
};
