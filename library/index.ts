/*
 * What a program of one's own can import from "mesh-lanes". Everything else may change without notice.
 * What makes something in an account of Alibaba Cloud is in "mesh-lanes/alibaba".
 */

export { chooseLocalCluster, type HostFacts } from "../components/cluster/choose";
export type { AppImage, AvailableImages, Cluster, GatewayAccess, PublishedPort } from "../components/cluster/cluster";
export { type OnCluster, onApi, onCluster } from "../components/cluster/disposable";
export { EmbeddedCluster, type EmbeddedClusterArgs } from "../components/cluster/embedded";
export { ExistingCluster, type ExistingClusterArgs } from "../components/cluster/existing";
export { KindCluster, type KindClusterArgs } from "../components/cluster/kind";
export { type KubeconfigSource, selectContext } from "../components/cluster/kubeconfig";
export { type LocalClusterKind, ProcessProvider } from "../components/cluster/process-resource";
export { AsmIngressGateway, type AsmIngressGatewayArgs } from "../components/gateway/asm-gateway";
export type { AsmLoadBalancer, AsmNetworkLoadBalancer } from "../components/gateway/asm-load-balancer";
export { ExistingGateway, type ExistingGatewayArgs } from "../components/gateway/existing-gateway";
export type { Gateway } from "../components/gateway/gateway";
export type {
  GatewayAutoscaling,
  GatewayDeployment,
  GatewayServiceType,
} from "../components/gateway/gateway-deployment";
export { GatewayTls, type GatewayTlsArgs } from "../components/gateway/gateway-tls";
export { IngressGateway, type IngressGatewayArgs } from "../components/gateway/ingress-gateway";
export { type GatewayListeners, type GatewayPort, type SharedPort, sharedPorts } from "../components/gateway/listeners";
export type { CertificateIssuer, TlsSecret, TlsSource } from "../components/gateway/tls-secret";
export type { Barrier, BarrierArgs } from "../components/lanes/barrier";
export { LaneGroup, type LaneGroupArgs } from "../components/lanes/lane-group";
export { checkRemovedGroups, removedGroupWarnings } from "../components/lanes/removed";
export { building as wholeProgram } from "../components/live/watch";
export type { ChartsArgs } from "../components/mesh/charts";
export type { ControlPlaneGuard } from "../components/mesh/control-plane-use";
export {
  type ControlPlanes,
  type IstioControlPlane,
  type PreviousControlPlane,
  planeOf,
} from "../components/mesh/control-planes";
export { ExistingAsmMesh, type ExistingAsmMeshArgs } from "../components/mesh/existing-asm";
export { ExistingIstioMesh, type ExistingIstioMeshArgs } from "../components/mesh/existing-istio";
export { IstioMesh, type IstioMeshArgs } from "../components/mesh/istio";
export { laneBarrier, type MakeProxySync, type ProxiesArgs, securityBarrier } from "../components/mesh/lane-barrier";
export { type Injection, injectionOf, type Mesh } from "../components/mesh/mesh";
export { ProxySync, type ProxySyncArgs } from "../components/mesh/proxy-sync";
export { istioNamespace } from "../components/mesh/root-namespace";
export { pairName, type ResourceName } from "../components/names";
export { runError } from "../components/run-error";
export {
  LaneSecurity,
  type LaneSecurityArgs,
  renderSecurity,
  type SecuredPods,
  type SecurityBarrierArgs,
} from "../components/security/lane-security";
export type { ControlPlane } from "../components/security/network-policies";
export { type ForeignWorkloads, foreignWorkloads } from "../components/security/others";
export { type PodSecurityLevel, podSecurityLabels } from "../components/security/pod-security";
export { Collector, type CollectorArgs, collectorEndpoint } from "../components/telemetry/collector";
export { Instrumentation, type InstrumentationArgs } from "../components/telemetry/instrumentation";
export {
  type Exporting,
  type InstrumentationSpec,
  instrumentationSpec,
  type Language,
  type Propagator,
} from "../components/telemetry/instrumentation-spec";
export { OpenTelemetryOperator, type OpenTelemetryOperatorArgs } from "../components/telemetry/operator";
export {
  type ImageSource,
  imageSource,
  type OperatorImage,
  type OperatorImagesArgs,
} from "../components/telemetry/operator-values";
export type { WorkloadArgs, WorkloadVersion } from "../components/workloads/args";
export { appContainer } from "../components/workloads/deployment-spec";
export type { EnvValue } from "../components/workloads/env-value";
export { expectNamespace, laneFilters, laneNamespace } from "../components/workloads/namespaces";
export type { Overlay } from "../components/workloads/pod-overlay";
export type { Probe } from "../components/workloads/probe";
export type { Autoscaling, Replicas } from "../components/workloads/scaling";
export { Workload } from "../components/workloads/workload";
export * from "./core";
