import type { IncomingMessage, ServerResponse } from "node:http";
import type { WebSocket } from "ws";
import { type Answer, CallError, HttpClient } from "../shared/client";
import { type LaneContext, laneOf, withLane } from "../shared/context";
import type { Log } from "../shared/log";
import { sendJson, sendText } from "../shared/respond";
import { AppServer } from "../shared/server";
import { WebSockets } from "../shared/web-sockets";
import { type NextCall, nextCall } from "./calls";
import type { MockConfig } from "./config";
import type { GrpcAnswer } from "./grpc/upstream";
import { type Chain, chainHeader, chainHeaderOf, errorText, type Hop, hopText, parseChain } from "./hops";

/** The rest of a chain, in the form in which it goes on to the caller. */
type Rest = { readonly ok: boolean; readonly text: string; readonly chain: Chain };

const endOfChain: Rest = { ok: true, text: "", chain: { hops: [] } };

const heartbeatSeconds = 30;
const maxMessageBytes = 4096;

/**
 * Starts one mock: every path answers who it is and then what its upstream answered, as text or, to a client that
 * accepts `application/json`, as a {@link Chain} (to a HEAD in {@link chainHeader}). An upstream that fails gives 502 and
 * names the hop and the reason. A WebSocket gets the JSON answer for each text message that it sends, in the lane of its handshake.
 */
export async function startMock(config: MockConfig, log: Log, host?: string): Promise<AppServer> {
  const upstream = config.upstream && (await connect(config.upstream, config, log));
  const rest = (next: NextCall | undefined, lane: LaneContext, json: boolean): Promise<Rest> => {
    if (next) return callNext(config, next, lane, json, log);
    return upstream ? upstream.rest(lane, json) : Promise.resolve(endOfChain);
  };
  const handler = withLane(config.forwardHeaders, async (request, response, lane) => {
    const next = nextCall(request, config.callsHeader);
    if (next === "invalid") return sendJson(response, 400, { error: `${config.callsHeader}: not host:port,host:port` });
    const json = wantsJson(request);
    answer(response, config, request, await rest(next, lane, json), json);
  });
  const server = await AppServer.start({ ...config, handler, log, host });
  const onConnection = (socket: WebSocket, request: IncomingMessage) => {
    const lane = laneOf(request, config.forwardHeaders);
    const next = nextCall(request, config.callsHeader);
    if (next === "invalid") return socket.close(1008, "not a chain of calls");
    socket.on("message", async () => {
      socket.send(JSON.stringify(chainOf(config, request, await rest(next, lane, true))));
    });
  };
  new WebSockets(server, { heartbeatSeconds, maxMessageBytes, log, onConnection });
  server.http.once("close", () => upstream?.close());
  return server;
}

/** A connection of its own: what clients name is not kept. */
async function callNext(config: MockConfig, next: NextCall, lane: LaneContext, json: boolean, log: Log): Promise<Rest> {
  const upstream = await connect(next.url, config, log);
  try {
    return await upstream.rest({ ...lane, ...next.headers }, json);
  } finally {
    upstream.close();
  }
}

/** The next of the chain, whatever it speaks. */
interface Upstream {
  rest(lane: LaneContext, json: boolean): Promise<Rest>;
  close(): void;
}

async function connect(url: URL, { upstreamTimeoutMilliseconds }: MockConfig, log: Log): Promise<Upstream> {
  if (url.protocol === "grpc:") {
    // Loaded only where it is spoken: it is larger than all the rest.
    const { GrpcUpstream } = await import("./grpc/upstream");
    const upstream = new GrpcUpstream(url, upstreamTimeoutMilliseconds);
    return { rest: async (lane) => grpcRest(await upstream.call(lane)), close: () => upstream.close() };
  }
  const client = new HttpClient(url, upstreamTimeoutMilliseconds, log);
  return { rest: (lane, json) => callUpstream(client, lane, json), close: () => client.close() };
}

/** A reply of gRPC has both forms. Of a chain that ended further down it tells the hops in words alone. */
function grpcRest(answer: GrpcAnswer): Rest {
  if (!("error" in answer)) return { ok: true, text: answer.text, chain: { hops: answer.hops } };
  return { ok: false, text: answer.text, chain: { hops: [], error: answer.error } };
}

function answer(response: ServerResponse, config: MockConfig, request: IncomingMessage, rest: Rest, json: boolean) {
  const status = rest.ok ? 200 : 502;
  if (!json) return sendText(response, status, hopText(config) + rest.text);
  const chain = chainOf(config, request, rest);
  if (request.method === "HEAD") response.setHeader(chainHeader, chainHeaderOf(chain));
  sendJson(response, status, chain);
}

function chainOf({ service, version, ip, echoHeaders }: MockConfig, request: IncomingMessage, { chain }: Rest): Chain {
  const hop: Hop = { service, version, ip, headers: laneOf(request, echoHeaders) };
  return { ...chain, hops: [hop, ...chain.hops] };
}

async function callUpstream(upstream: HttpClient, lane: LaneContext, json: boolean): Promise<Rest> {
  try {
    const answered = await upstream.get({ ...lane, accept: json ? "application/json" : "text/plain" });
    return json ? jsonRest(answered) : textRest(answered);
  } catch (error) {
    if (error instanceof CallError) return failed(error.code);
    throw error;
  }
}

function textRest(answered: Answer): Rest {
  const ok = isSuccess(answered);
  if (!ok && !isMockFailure(answered)) return failed(String(answered.status));
  return { ok, text: answered.body, chain: { hops: [] } };
}

function jsonRest(answered: Answer): Rest {
  const ok = isSuccess(answered);
  if (!ok && !isMockFailure(answered)) return failed(String(answered.status));
  const chain = parseChain(answered.body);
  return chain ? { ok, text: "", chain } : failed("EBADANSWER");
}

function failed(error: string): Rest {
  return { ok: false, text: errorText(error), chain: { hops: [], error } };
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** A mock further down already says which hop failed; a proxy's own 502 carries no x-served-by. */
function isMockFailure({ status, headers }: Answer): boolean {
  return status === 502 && headers["x-served-by"] !== undefined;
}

function wantsJson(request: IncomingMessage): boolean {
  return /(^|,)\s*application\/json\s*(;|,|$)/i.test(request.headers.accept ?? "");
}
