import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, CallError, HttpClient } from "../shared/client";
import { type LaneContext, laneOf, withLane } from "../shared/context";
import type { Log } from "../shared/log";
import { sendJson, sendText } from "../shared/respond";
import { AppServer } from "../shared/server";
import type { MockConfig } from "./config";
import { type Chain, errorText, type Hop, hopText, parseChain } from "./hops";

/** The rest of a chain, in the form in which it goes on to the caller. */
type Rest = { readonly ok: boolean; readonly text: string; readonly chain: Chain };

const endOfChain: Rest = { ok: true, text: "", chain: { hops: [] } };

/**
 * Starts one mock: every path answers who it is and then what its upstream answered, as text or, to a client that
 * accepts `application/json`, as a {@link Chain}. An upstream that fails gives 502 and names the hop and the reason.
 */
export async function startMock(config: MockConfig, log: Log, host?: string): Promise<AppServer> {
  const upstream = config.upstream && new HttpClient(config.upstream, config.upstreamTimeoutMilliseconds, log);
  const handler = withLane(config.forwardHeaders, async (request, response, lane) => {
    const json = wantsJson(request);
    const rest = upstream ? await callUpstream(upstream, lane, json) : endOfChain;
    answer(response, config, request, rest, json);
  });
  const server = await AppServer.start({ ...config, handler, log, host });
  server.http.once("close", () => upstream?.close());
  return server;
}

function answer(response: ServerResponse, config: MockConfig, request: IncomingMessage, rest: Rest, json: boolean) {
  const { service, version, ip } = config;
  const status = rest.ok ? 200 : 502;
  if (!json) return sendText(response, status, hopText(config) + rest.text);
  const hop: Hop = { service, version, ip, headers: laneOf(request, config.echoHeaders) };
  sendJson(response, status, { ...rest.chain, hops: [hop, ...rest.chain.hops] });
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
