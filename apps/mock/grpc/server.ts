import { networkInterfaces } from "node:os";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { errorName, type Log } from "../../shared/log";
import type { ServerConfig } from "../../shared/server";
import { type HealthReply, type HealthRequest, healthService } from "./contract";

/** One service over gRPC in clear (h2c), with gRPC's health service beside it, and a stop that lets calls end. */
export class GrpcServer {
  private readonly server = new Server();
  private stopping: Promise<void> | undefined;

  private constructor(
    private readonly name: string,
    private readonly config: ServerConfig,
    private readonly log: Log,
    private readonly onStop: () => void,
  ) {}

  /**
   * Listens, and resolves when it does.
   *
   * @param onStop called when the last call has ended.
   * @throws Error when it cannot listen.
   */
  public static async start(
    service: { name: string; definition: ServiceDefinition; implementation: UntypedServiceImplementation },
    config: ServerConfig,
    { log, host = everyAddress(), onStop }: { log: Log; host?: string | undefined; onStop: () => void },
  ): Promise<GrpcServer & { readonly port: number }> {
    const started = new GrpcServer(service.name, config, log, onStop);
    const { server } = started;
    server.addService(service.definition, service.implementation);
    server.addService(healthService, { Check: started.check });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`${host}:${config.port}`, ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(new Error(`cannot listen on port ${config.port}: ${errorName(error)}`, { cause: error }));
        else resolve(bound);
      });
    });
    log({ kind: "event", event: "listening", detail: `port ${port}` });
    return Object.assign(started, { port });
  }

  /** Takes no more connections, lets calls end, and cuts what is still open after the drain time. */
  public stop(): Promise<void> {
    this.stopping ??= this.drain();
    return this.stopping;
  }

  private async drain(): Promise<void> {
    const { drainSeconds } = this.config;
    this.log({ kind: "event", event: "draining", detail: `${drainSeconds} s` });
    const timer = setTimeout(() => this.server.forceShutdown(), drainSeconds * 1000);
    await new Promise<void>((resolve) => this.server.tryShutdown(() => resolve()));
    clearTimeout(timer);
    this.onStop();
    this.log({ kind: "event", event: "stopped" });
  }

  private readonly check = (
    { request }: ServerUnaryCall<HealthRequest, HealthReply>,
    answer: sendUnaryData<HealthReply>,
  ): void => {
    if (request.service !== "" && request.service !== this.name) {
      answer({ code: status.NOT_FOUND, details: `no service ${request.service}` });
    } else answer(null, { status: this.stopping ? "NOT_SERVING" : "SERVING" });
  };
}

/** That of IPv6 takes IPv4 too, where the machine has IPv6 at all. */
function everyAddress(): string {
  const known = Object.values(networkInterfaces()).flat();
  return known.some((address) => address?.family === "IPv6") ? "[::]" : "0.0.0.0";
}
