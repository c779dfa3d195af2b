import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";

/** How a call ended. */
export interface GrpcAnswer {
  /** The name of its status, such as `OK` or `UNAVAILABLE`. */
  readonly status: string;
  /** What the status says besides. */
  readonly details: string;
  /** The message, encoded; empty unless the status is OK. */
  readonly message: Buffer;
}

const asItIs = (bytes: Buffer): Buffer => bytes;

/** Makes unary calls in clear (h2c), with an empty message, to one server of this machine or its cluster. No proxy counts. */
export class GrpcClient {
  private readonly client: Client;

  /**
   * @param url the server, such as `http://10.200.0.2`.
   * @param timeoutMs how long one call may take.
   */
  public constructor(
    url: string,
    private readonly timeoutMs = 10_000,
  ) {
    const { hostname, port } = new URL(url);
    this.client = new Client(`${hostname}:${port || "80"}`, credentials.createInsecure(), {
      "grpc.enable_http_proxy": 0,
      "grpc.service_config_disable_resolution": 1,
      // What is told is what the first try met.
      "grpc.enable_retries": 0,
    });
  }

  /**
   * Never rejects.
   *
   * @param path `/package.Service/Method`
   * @param host stands in for the server's own name.
   */
  public send(path: string, headers: Readonly<Record<string, string>>, host?: string): Promise<GrpcAnswer> {
    const options = { deadline: Date.now() + this.timeoutMs, ...(host !== undefined && { host }) };
    return new Promise((resolve) => {
      const done = (error: ServiceError | null, message: Buffer = Buffer.alloc(0)): void => {
        if (error) resolve({ status: status[error.code], details: error.details, message });
        else resolve({ status: "OK", details: "", message });
      };
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
      this.client.makeUnaryRequest(path, asItIs, asItIs, Buffer.alloc(0), metadata, options, done);
    });
  }

  /** Calls that are under way still end. */
  public close(): void {
    this.client.close();
  }
}
