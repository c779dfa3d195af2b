/* Why a component is for programs in TypeScript alone. A test fails where a component is neither here nor in the other languages. */

const providers =
  "It hands providers to other components, and a component of the package for other languages hands out values alone.";
const alicloud =
  "It needs `@pulumi/alicloud`, which is more than twenty times the provider of the package for other languages. They have its resources in their own SDK of Alibaba Cloud.";

/** Component -> reason. */
export const onlyTypeScript: Readonly<Record<string, string>> = {
  AckCluster: alicloud,
  AsmIngressGateway: "It is for Alibaba Cloud Service Mesh (ASM), which `Lanes` is not.",
  AsmMesh: alicloud,
  EmbeddedCluster: `${providers} It needs a checkout besides, whose programs are in TypeScript.`,
  ExistingAsmMesh: `${providers} Other languages have \`Provider\` of their own SDK of Kubernetes.`,
  ExistingCluster: `${providers} Other languages have \`Provider\` of their own SDK of Kubernetes.`,
  GatewayLoadBalancer: alicloud,
  KindCluster: `${providers} It needs a checkout besides, whose programs are in TypeScript.`,
  ProxySync: "`Lanes` makes the waits by itself, whatever language its program is in.",
};

/** Component of the library -> the one that other languages have in its place. */
export const inOtherLanguages: Readonly<Record<string, string>> = { LaneGroup: "Lanes" };
