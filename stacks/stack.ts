import type { Input } from "@pulumi/pulumi";
import type { StackConfig } from "../config/stack";
import { type LaneTable, wholeProgram } from "../library";
import type { StackEnvironment } from "./environment";
import { createImages } from "./images";
import { createLaneGroups } from "./lane-groups";
import { createNamespaces } from "./namespaces";
import { createPlatform } from "./platforms/create-platform";
import { type RequestExamples, requestExamples } from "./request-examples";
import { createSecurity } from "./security";
import { createTelemetry } from "./telemetry";
import { createTls } from "./tls";
import { createWorkloads } from "./workloads";

export interface StackOutputs {
  readonly clusterKind: string;
  /** A secret. */
  readonly kubeconfig: Input<string>;
  /** URL of the first port of the first gateway. */
  readonly gatewayUrl: Input<string>;
  /** `namespace/name/port` of a gateway -> URL. */
  readonly gatewayUrls: Input<Record<string, string>>;
  /** Lane group -> lane -> a curl command that enters it. */
  readonly requests: Input<RequestExamples>;
  /** TLS secret -> PEM of the authority that a client must trust; of self-signed certificates only. Public. */
  readonly tlsAuthorities: Readonly<Record<string, Input<string>>>;
  /** Lane group -> lane x service -> version and reason. */
  readonly lanes: Readonly<Record<string, Input<LaneTable>>>;
}

/** What every stack does, whatever it runs on. Each step waits for those before it that it names. */
export function createStack(config: StackConfig, environment: StackEnvironment): Promise<StackOutputs> {
  return wholeProgram(config.adopt, () => buildStack(config, environment));
}

async function buildStack(config: StackConfig, environment: StackEnvironment): Promise<StackOutputs> {
  const platform = await createPlatform(config, environment);
  const { kind, cluster, mesh } = platform;
  const images = createImages(cluster, config, environment);
  const namespaces = createNamespaces(platform, config);
  const tls = createTls(platform, namespaces, config);
  const gateway = platform.createGateway([
    mesh.controlPlane,
    ...namespaces.of(config.gateway, ...config.gateways),
    ...tls.credentials,
  ]);
  const security = createSecurity(platform, namespaces, gateway, config);
  const telemetry = createTelemetry({ cluster, images, namespaces, config, chart: environment.operatorChart });
  const workloads = createWorkloads({ platform, namespaces, images, security, telemetry, config });
  const groups = createLaneGroups({ platform, gateway, security, workloads, config });
  return {
    clusterKind: kind,
    kubeconfig: cluster.kubeconfig,
    gatewayUrl: gateway.url,
    gatewayUrls: gateway.urls,
    requests: gateway.urls.apply((urls) => requestExamples(config, urls)),
    tlsAuthorities: tls.authorities,
    lanes: Object.fromEntries(groups.map(([name, group]) => [name, group.table])),
  };
}
