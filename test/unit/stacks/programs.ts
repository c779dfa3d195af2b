import assert from "node:assert/strict";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { readStackConfigFile } from "../../../config/read";
import type { StackEnvironment } from "../../../stacks/environment";
import { projectRoot } from "../../../tools/paths";
import { ackKubeconfig, alibabaAnswers, planted } from "../alibaba-answers";
import { scenarios } from "../repository";

export const environment: StackEnvironment = {
  facts: { platform: "linux", root: true, present: undefined, dockerAnswers: () => assert.fail("Docker was asked") },
  charts: "/charts",
  appImage: (app) => ({ app, ref: `docker.io/mesh-lanes/${app}:0123456789ab` }),
  readKubeconfig: () => ({ text: ackKubeconfig, folder: "/configs" }),
};

const node = { kubeconfig: planted, address: "10.200.0.2", identity: "id-1" };
const certificate = { authority: "CA", certificate: "CERT", key: planted };
export const answers = {
  ...alibabaAnswers,
  outputs: (args: pulumi.runtime.MockResourceArgs) => {
    if (args.type.endsWith(":LocalNode")) return node;
    return args.type.endsWith(":SelfSignedCertificate") ? certificate : alibabaAnswers.outputs(args);
  },
};

/** Values of a stack's file, with what it includes and what a test puts in their place. */
function values(stack: string, change: Record<string, unknown> = {}) {
  return { ...readStackConfigFile(join(projectRoot, `Pulumi.${stack}.yaml`)).values, ...change };
}

const existing = { kind: "existing", kubeconfig: "my.yaml", context: "admin" };
const prod = values("prod");
const asmOnExisting = {
  cluster: { ...existing, id: "c1" },
  mesh: { kind: "asm", version: "1.24.6.64", kubeconfig: "mesh.yaml", context: "admin" },
  gateway: { ...(prod.gateway as object), loadBalancer: { id: "lb-1", address: "203.0.113.7" } },
};

/** Values of the stacks of this repository, and of others like them, by what they are. */
export const programs: Readonly<Record<string, Record<string, unknown>>> = {
  "dev on the embedded node": values("dev", { cluster: { kind: "embedded" } }),
  "dev on kind": values("dev", { cluster: { kind: "kind" } }),
  "dev on an existing cluster": values("dev", { cluster: existing }),
  ...Object.fromEntries(
    scenarios.map((file) => [`dev with ${file}`, values("dev", { cluster: { kind: "embedded" }, include: [file] })]),
  ),
  "dev with all scenarios": values("dev", { cluster: { kind: "embedded" }, include: scenarios }),
  staging: values("staging"),
  prod,
  "prod with upstream Istio": values("prod", { mesh: { kind: "istio" } }),
  "prod on an existing cluster": values("prod", {
    cluster: { kind: "ack", id: "c1", ack: { region: "cn-hangzhou" } },
  }),
  "prod on an existing cluster and an existing mesh": values("prod", asmOnExisting),
};
