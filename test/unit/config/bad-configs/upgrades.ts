import { pins } from "../../../../tools/toolchain/pins";
import { testedIstio } from "../../../../tools/toolchain/tested";
import { type BadConfig, bad, workloads } from "./bad-config";

const previous = { version: pins.istio, namespaces: ["default"] };
/** A stack with a workload in namespace default, whose control plane of before has something wrong. */
const upgrade = (change: object, mesh: object = {}) => ({
  ...workloads({}),
  mesh: { revision: "next", ...mesh, previous: { ...previous, ...change } },
});

export const badUpgrades: readonly BadConfig[] = [
  bad(
    "a control plane of before without a version",
    upgrade({ version: undefined }),
    "mesh.previous.version",
    "missing",
    `the version that it runs, such as ${pins.istio}`,
    /^Add version/,
  ),
  bad(
    "a control plane of before that is too old",
    upgrade({ version: "1.28.9" }),
    "mesh.previous.version",
    'got "1.28.9"',
    `${testedIstio.inWords}, which are tested (docs/versions.md)`,
    /in place first/,
  ),
  bad(
    "a control plane of before whose version has a v",
    upgrade({ version: "v1.30" }),
    "mesh.previous.version",
    'got "v1.30"',
    `a version such as ${pins.istio}`,
    /without a v/,
  ),
  bad(
    "a control plane of before with the revision of the new one",
    upgrade({ revision: "next" }),
    "mesh.previous.revision",
    '"next", and the new one is the same',
    "another revision than that of the new control plane: two are told apart by it",
    /^Give the new one a revision of its own/,
  ),
  bad(
    "two default control planes",
    upgrade({}, { revision: undefined }),
    "mesh.previous.revision",
    "none, which is the default control plane, and the new one is the same",
    "another revision than that of the new control plane: two are told apart by it",
    /leave previous out/,
  ),
  bad(
    "a revision of before that is no name",
    upgrade({ revision: "V1" }),
    "mesh.previous.revision",
    'got "V1"',
    "at most 63 characters: a-z, 0-9 and '-', not first or last",
    /\w/,
  ),
  bad(
    "no word on which namespaces stay",
    upgrade({ namespaces: undefined }),
    "mesh.previous.namespaces",
    "missing",
    "a list of namespaces of the stack that stay on it; the others move",
    /^Add namespaces/,
  ),
  bad(
    "a namespace that is not the stack's",
    upgrade({ namespaces: ["default", "istio-system", "shop-c"] }),
    "mesh.previous.namespaces[2]",
    'got "shop-c"',
    "a namespace of the stack's workloads or gateways: default, istio-system",
    /^Correct or remove it/,
  ),
  bad(
    "the namespace of a gateway that somebody else runs",
    {
      ...upgrade({ namespaces: ["default", "edge"] }),
      cluster: { kind: "existing", kubeconfig: "k", context: "c" },
      gateway: { namespace: "edge", existing: {}, address: "192.0.2.10" },
    },
    "mesh.previous.namespaces[1]",
    'got "edge"',
    "a namespace of the stack's workloads or gateways: default",
    /^Correct or remove it/,
  ),
  bad(
    "a namespace that stays twice",
    upgrade({ namespaces: ["default", "default"] }),
    "mesh.previous.namespaces[1]",
    'namespace "default" is there twice',
    "each one once",
    /\w/,
  ),
  bad(
    "a control plane of before beside the Istio of somebody else",
    { ...upgrade({}, { existing: true }), cluster: { kind: "existing", kubeconfig: "k", context: "c" } },
    "mesh.previous",
    "previous beside existing: true",
    "only where this stack installs Istio",
    /^Remove it: /,
  ),
];
