import {
  type CallOptions,
  Client,
  type ClientReadableStream,
  credentials,
  type Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { mockService, type Reply, type WatchRequest } from "./contract";

/** Calls a mock that speaks gRPC, in clear (h2c), over one connection that is kept. */
export class MockClient {
  private readonly client: Client;

  /** @param target `host:port` */
  public constructor(target: string) {
    this.client = new Client(`dns:///${target}`, credentials.createInsecure(), {
      // Calls go to the mesh, whatever the environment says of the internet.
      "grpc.enable_http_proxy": 0,
      // A lookup of TXT records for each name otherwise.
      "grpc.service_config_disable_resolution": 1,
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 1000,
    });
  }

  /**
   * One call, one reply.
   *
   * @throws ServiceError
   */
  public call(metadata: Metadata, options: CallOptions): Promise<Reply> {
    const { path, requestSerialize, responseDeserialize } = mockService.Call;
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, reply?: Reply) => {
        if (reply) resolve(reply);
        else reject(error ?? new Error("neither a reply nor an error"));
      };
      this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, metadata, options, done);
    });
  }

  /** A stream of replies; the lane is chosen when it opens. */
  public watch(request: WatchRequest, metadata: Metadata, options: CallOptions): ClientReadableStream<Reply> {
    const { path, requestSerialize, responseDeserialize } = mockService.Watch;
    return this.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata, options);
  }

  /** Calls that are under way still end. */
  public close(): void {
    this.client.close();
  }
}
