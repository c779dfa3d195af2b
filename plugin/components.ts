import type * as pulumi from "@pulumi/pulumi";
import { ExistingGateway } from "../components/gateway/existing-gateway";
import { GatewayTls } from "../components/gateway/gateway-tls";
import { IngressGateway } from "../components/gateway/ingress-gateway";
import { ExistingIstioMesh } from "../components/mesh/existing-istio";
import { IstioMesh } from "../components/mesh/istio";
import { LaneSecurity } from "../components/security/lane-security";
import { Collector } from "../components/telemetry/collector";
import { Instrumentation } from "../components/telemetry/instrumentation";
import { OpenTelemetryOperator } from "../components/telemetry/operator";
import { Workload } from "../components/workloads/workload";
import { makeCertificate } from "./certificate";
import { Lanes } from "./lanes";

/** How the provider makes a component: its arguments are those of the schema, which is made of the types. */
export type MakeComponent = (
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: each has a type of its own, and what comes was checked by the SDK.
  args: any,
  opts: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;

/** The components of the package for other languages, by their names there. */
export const components: Readonly<Record<string, MakeComponent>> = {
  Collector: (name, args, opts) => new Collector(name, args, opts),
  ExistingGateway: (name, args, opts) => new ExistingGateway(name, args, opts),
  ExistingIstioMesh: (name, args, opts) => new ExistingIstioMesh(name, args, opts),
  GatewayTls: (name, args, opts) => new GatewayTls(name, { ...args, makeCertificate }, opts),
  IngressGateway: (name, args, opts) => new IngressGateway(name, args, opts),
  Instrumentation: (name, args, opts) => new Instrumentation(name, args, opts),
  IstioMesh: (name, args, opts) => new IstioMesh(name, args, opts),
  LaneSecurity: (name, args, opts) => new LaneSecurity(name, args, opts),
  Lanes: (name, args, opts) => new Lanes(name, args, opts),
  OpenTelemetryOperator: (name, args, opts) => new OpenTelemetryOperator(name, args, opts),
  Workload: (name, args, opts) => new Workload(name, args, opts),
};
