/*
 * Why a component is for programs in TypeScript alone. Pulumi reads the schema of a component package out of TypeScript types,
 * and takes values there: no unions, no functions, no providers. A test fails where a component is in neither list.
 */

const providers =
  "It hands providers to other components, and a component of the package for other languages hands out values alone.";
const helm =
  "Other languages install the same chart with `Release` of their own SDK of Kubernetes, or use an existing installation: `Lanes` needs nothing of this component.";
const resources =
  "Other languages have the same objects in their own SDK of Kubernetes: `Lanes` needs only the names of services, and pods with a label for the version.";
const unions = "Several of its arguments have one of several shapes, for which the schema of packages has no word.";

/** Component -> reason. */
export const onlyTypeScript: Readonly<Record<string, string>> = {
  AckCluster: `${providers} Other languages make the cluster with their SDK of Alibaba Cloud.`,
  AsmIngressGateway: `${unions} It is for ASM, which \`Lanes\` is not.`,
  AsmMesh: `${providers} It is for ASM, which \`Lanes\` is not.`,
  Collector: resources,
  EmbeddedCluster: `${providers} It needs a checkout besides, whose programs are in TypeScript.`,
  ExistingAsmMesh: `${providers} It is for ASM, which \`Lanes\` is not.`,
  ExistingCluster: `${providers} Other languages have \`Provider\` of their own SDK of Kubernetes.`,
  ExistingGateway: `${unions} \`Lanes\` takes a gateway that somebody else runs by \`entry.gateway\`.`,
  ExistingIstioMesh: `${providers} \`Lanes\` finds an Istio that somebody else runs by itself.`,
  GatewayLoadBalancer: "It is for ASM, which `Lanes` is not.",
  GatewayTls: `${unions} ${resources}`,
  IngressGateway: `${unions} ${helm}`,
  Instrumentation: `Its \`inject\` is a function of the program. ${resources}`,
  IstioMesh: helm,
  KindCluster: `${providers} It needs a checkout besides, whose programs are in TypeScript.`,
  LaneSecurity: `Its wait is a function of the program, and its second provider an argument. ${resources}`,
  OpenTelemetryOperator: helm,
  ProxySync: "`Lanes` makes the waits by itself, whatever language its program is in.",
  Workload: `${unions} ${resources}`,
};

/** Component of the library -> the one that other languages have in its place. */
export const inOtherLanguages: Readonly<Record<string, string>> = { LaneGroup: "Lanes" };
