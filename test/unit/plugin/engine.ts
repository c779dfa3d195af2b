import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { GetRootResourceResponse, SetRootResourceResponse } from "@pulumi/pulumi/proto/engine_pb";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ConstructRequest, type ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  type ReadResourceRequest,
  ReadResourceResponse,
  type RegisterResourceRequest,
  RegisterResourceResponse,
  SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Results that components read of what they make. */
const results: Readonly<Record<string, Record<string, JavaScriptValue>>> = {
  "kubernetes:core/v1:Service": { status: { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } } },
  "mesh-lanes:index:SelfSignedCertificate": { authority: "authority", certificate: "certificate", key: "key" },
};

type Call = grpc.ServerUnaryCall<RegisterResourceRequest, unknown>;
type Answer = grpc.sendUnaryData<unknown>;

/** What a component provider asks of the engine while it makes a component: an engine that makes everything at once. */
export class Engine {
  /** Types of the resources that were registered, in their order. */
  public readonly registered: string[] = [];
  private readonly server = new grpc.Server();

  /** @returns its address. */
  public async start(): Promise<string> {
    const nothing = (_call: unknown, answer: Answer) => answer(null, new Empty());
    this.server.addService(EngineService as unknown as grpc.ServiceDefinition, {
      log: nothing,
      getRootResource: (_call: unknown, answer: Answer) => answer(null, new GetRootResourceResponse()),
      setRootResource: (_call: unknown, answer: Answer) => answer(null, new SetRootResourceResponse()),
    });
    this.server.addService(ResourceMonitorService as unknown as grpc.ServiceDefinition, {
      supportsFeature: (_call: unknown, answer: Answer) => answer(null, new SupportsFeatureResponse()),
      registerResourceOutputs: nothing,
      readResource: ({ request }: grpc.ServerUnaryCall<ReadResourceRequest, unknown>, answer: Answer) => {
        const response = new ReadResourceResponse();
        response.setUrn(`urn:pulumi:dev::own::${request.getType()}::${request.getName()}`);
        response.setProperties(Struct.fromJavaScript(results[request.getType()] ?? {}));
        answer(null, response);
      },
      registerResource: ({ request }: Call, answer: Answer) => {
        const [type, name] = [request.getType(), request.getName()];
        this.registered.push(type);
        const response = new RegisterResourceResponse();
        response.setUrn(`urn:pulumi:dev::own::${type}::${name}`);
        response.setId(`${name}-id`);
        response.setObject(Struct.fromJavaScript({ ...request.getObject()?.toJavaScript(), ...results[type] }));
        answer(null, response);
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return `127.0.0.1:${port}`;
  }

  public stop(): void {
    this.server.forceShutdown();
  }
}

/** Has a component made by a provider. @param engine address of the engine that it asks. @returns its outputs. */
export async function construct(
  provider: ResourceProviderClient,
  engine: string,
  type: string,
  inputs: Record<string, JavaScriptValue>,
): Promise<Record<string, JavaScriptValue>> {
  const request = new ConstructRequest();
  request.setProject("own");
  request.setStack("dev");
  request.setMonitorendpoint(engine);
  request.setType(type);
  request.setName("it");
  request.setInputs(Struct.fromJavaScript(inputs));
  request.getProvidersMap().set("kubernetes", "urn:pulumi:dev::own::pulumi:providers:kubernetes::cluster::cluster-id");
  const response = await new Promise<ConstructResponse>((resolve, reject) => {
    provider.construct(request, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
  return response.getState()?.toJavaScript() ?? {};
}
