import { type CallOptions, type ServiceError, status } from "@grpc/grpc-js";
import type { LaneContext } from "../../shared/context";
import { errorName } from "../../shared/log";
import { errorText } from "../hops";
import { MockClient } from "./client";
import type { Reply } from "./contract";
import { servedBy, toMetadata } from "./metadata";

/** What a mock that speaks gRPC answered, or why the chain ended there. */
export type GrpcAnswer =
  | Reply
  | {
      readonly error: string;
      /** The hops that were reached, and the error. */
      readonly text: string;
    };

/** The next of a chain, where it speaks gRPC: one connection that is kept. */
export class GrpcUpstream {
  private readonly client: MockClient;

  /** @param url of which host and port count. */
  public constructor(
    url: URL,
    private readonly timeoutMilliseconds: number,
  ) {
    this.client = new MockClient(targetOf(url));
  }

  /** Calls the chain from there on, with these headers as metadata. */
  public async call(headers: LaneContext): Promise<GrpcAnswer> {
    try {
      const deadline: CallOptions = { deadline: Date.now() + this.timeoutMilliseconds };
      return await this.client.call(toMetadata(headers), deadline);
    } catch (error) {
      return { error: callError(error), text: chainError(error) };
    }
  }

  public close(): void {
    this.client.close();
  }
}

/** `host:port` of a URL. */
export function targetOf(url: URL): string {
  return `${url.hostname}:${url.port || "80"}`;
}

/** A mock further down already says which hop failed; what a proxy answers by itself carries no x-served-by. */
export function chainError(error: unknown): string {
  return isServiceError(error) && fromMock(error) ? error.details : errorText(callError(error));
}

function callError(error: unknown): string {
  return isServiceError(error) ? status[error.code] : errorName(error);
}

function fromMock({ metadata }: ServiceError): boolean {
  return metadata.get(servedBy).length > 0;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "details" in error && "metadata" in error;
}
