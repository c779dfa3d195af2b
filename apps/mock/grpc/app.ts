import { setTimeout as sleep } from "node:timers/promises";
import {
  type CallOptions,
  type Metadata,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { type LaneContext, laneOf } from "../../shared/context";
import { failsOnPurpose, meetsFault } from "../../shared/faults";
import type { Log } from "../../shared/log";
import { nextCall } from "../calls";
import type { MockConfig } from "../config";
import { type Hop, hopText } from "../hops";
import { MockClient } from "./client";
import { type CallRequest, mockService, type Reply, type WatchRequest } from "./contract";
import { headerLines, servedBy, toMetadata } from "./metadata";
import { mockName } from "./names";
import { GrpcServer } from "./server";
import { chainError, targetOf } from "./upstream";

/** How a call ends that is not answered. */
interface Failure {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

/** The rest of a chain: who is called now, and with what. */
interface Next {
  readonly client: MockClient;
  readonly metadata: Metadata;
  /** Ends the connection, when it is for this call alone. */
  close(): void;
}

const endOfChain: Reply = { text: "", hops: [] };
const mostMessages = 1000;
const longestInterval = 60_000;

/**
 * Starts a mock that speaks gRPC: `Call` answers who it is and then what its upstream answered, `Watch` the same again and
 * again in one stream, which goes through the whole chain. An upstream that fails gives UNAVAILABLE and names the hop and
 * the reason. A call goes on to the upstream's method of the same name, with the metadata that is to be forwarded; it takes
 * along the deadline of its caller, and ends when its caller does.
 */
export function startGrpcMock(config: MockConfig, log: Log, host?: string): Promise<GrpcServer & { port: number }> {
  const upstream = config.upstream && new MockClient(targetOf(config.upstream));
  const mock = new GrpcMock(config, upstream);
  const implementation = {
    Call: (call: ServerUnaryCall<CallRequest, Reply>, answer: sendUnaryData<Reply>) =>
      logged(log, call, async () => {
        const result = await mock.call(call);
        if ("code" in result) answer(result);
        else answer(null, result);
        return "code" in result ? result.code : status.OK;
      }),
    Watch: (call: ServerWritableStream<WatchRequest, Reply>) =>
      logged(log, call, async () => {
        const failure = await mock.watch(call);
        if (failure) call.emit("error", failure);
        else call.end();
        return failure?.code ?? status.OK;
      }),
  };
  const service = { name: mockName, definition: mockService, implementation };
  return GrpcServer.start(service, config, { log, host, onStop: () => upstream?.close() });
}

/** What both methods do. Neither throws: what goes wrong is how the call ends. */
class GrpcMock {
  public constructor(
    private readonly config: MockConfig,
    private readonly upstream: MockClient | undefined,
  ) {}

  public async call(call: ServerUnaryCall<CallRequest, Reply>): Promise<Reply | Failure> {
    if (await meetsFault(this.config.faults)) return this.onPurpose();
    const next = this.next(call.metadata);
    if (next && "code" in next) return next;
    call.sendMetadata(this.served());
    try {
      const rest = next ? await next.client.call(next.metadata, { parent: call, ...this.deadline() }) : endOfChain;
      return this.with(rest, call.metadata);
    } catch (error) {
      return this.failed(error);
    } finally {
      next?.close();
    }
  }

  /** Messages go on as they come; there are at most so many that nothing has to hold them back. */
  public async watch(call: ServerWritableStream<WatchRequest, Reply>): Promise<Failure | undefined> {
    const { messages, intervalMilliseconds } = call.request;
    if (messages < 0 || messages > mostMessages || intervalMilliseconds < 0 || intervalMilliseconds > longestInterval) {
      const details = `messages: 0 to ${mostMessages}; interval_milliseconds: 0 to ${longestInterval}`;
      return { code: status.INVALID_ARGUMENT, details };
    }
    if (await meetsFault(this.config.faults)) return this.onPurpose();
    const next = this.next(call.metadata);
    if (next && "code" in next) return next;
    call.sendMetadata(this.served());
    try {
      const rest = next ? next.client.watch(call.request, next.metadata, { parent: call }) : ends(call);
      for await (const message of rest) call.write(this.with(message, call.metadata));
      return undefined;
    } catch (error) {
      return this.failed(error);
    } finally {
      next?.close();
    }
  }

  private next(came: Metadata): Next | Failure | undefined {
    const { callsHeader, forwardHeaders } = this.config;
    const lines = headerLines(came);
    const named = nextCall(lines, callsHeader);
    const lane = laneOf(lines, forwardHeaders);
    if (named === "invalid") {
      return { code: status.INVALID_ARGUMENT, details: `${callsHeader}: not host:port,host:port` };
    }
    if (named) {
      const client = new MockClient(targetOf(named.url));
      return { client, metadata: toMetadata({ ...lane, ...named.headers }), close: () => client.close() };
    }
    return this.upstream && { client: this.upstream, metadata: toMetadata(lane), close: () => {} };
  }

  private with(rest: Reply, came: Metadata): Reply {
    const { service, version, ip, echoHeaders } = this.config;
    const headers: LaneContext = laneOf(headerLines(came), echoHeaders);
    const hop: Hop = { service, version, ip, headers };
    return { text: hopText(hop) + rest.text, hops: [hop, ...rest.hops] };
  }

  private onPurpose(): Failure {
    return { code: status.UNAVAILABLE, details: failsOnPurpose, metadata: this.served() };
  }

  private failed(error: unknown): Failure {
    return { code: status.UNAVAILABLE, details: hopText(this.config) + chainError(error), metadata: this.served() };
  }

  private served(): Metadata {
    return toMetadata({ [servedBy]: `${this.config.service}/${this.config.version}` });
  }

  private deadline(): CallOptions {
    return { deadline: Date.now() + this.config.upstreamTimeoutMilliseconds };
  }
}

/** What the last of a chain streams. It stops when nobody listens any more. */
async function* ends(call: ServerWritableStream<WatchRequest, Reply>): AsyncGenerator<Reply> {
  const { messages, intervalMilliseconds } = call.request;
  for (let sent = 0; sent < Math.max(messages, 1) && !call.cancelled; sent += 1) {
    if (sent > 0) await sleep(intervalMilliseconds);
    yield endOfChain;
  }
}

async function logged(log: Log, call: { getPath(): string }, run: () => Promise<status>): Promise<void> {
  const startedAt = performance.now();
  const code = await run();
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  log({ kind: "grpc", path: call.getPath(), code: status[code], ms });
}
