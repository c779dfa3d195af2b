import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../shared/log";
import { send, sendJson } from "../shared/respond";
import { AppServer, pathOf } from "../shared/server";
import { WebSockets } from "../shared/web-sockets";
import { type Bar, Bars, parseBar } from "./bars";
import type { ChartConfig } from "./config";
import type { ChartMessage } from "./messages";
import { pageHtml } from "./page";
import { pageScript } from "./page-script";
import { pageStyle } from "./page-style";

/** Only the page's own style and script run; `'self'` does not cover WebSockets in every browser. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${sourceHash(pageStyle)}`,
  `script-src ${sourceHash(pageScript)}`,
  "connect-src 'self' ws: wss:",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Starts a live chart: the page on `/`, its WebSocket on `/ws`, `/api?id=8&value=300` to set a bar in every open window,
 * `/api/state` to read all bars.
 */
export async function startChart(config: ChartConfig, log: Log, host?: string): Promise<AppServer> {
  const bars = new Bars();
  const pages = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>([
    ["/", (_request, response) => answerPage(response)],
    ["/api/state", (_request, response) => sendJson(response, 200, { bars: bars.all() })],
    ["/api", (request, response) => answerApi(request, response, set)],
  ]);
  const app = await AppServer.start({
    ...config,
    log,
    host,
    handler: (request, response) => answer(request, response),
  });
  const windows = new WebSockets(app, {
    path: "/ws",
    heartbeatSeconds: config.heartbeatSeconds,
    maxMessageBytes: 1024,
    log,
    onConnection(socket) {
      const { version, instance } = config;
      socket.send(text({ type: "state", bars: bars.all(), version, instance }));
      tellCount();
      socket.on("close", tellCount);
    },
  });

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const page = pages.get(pathOf(request));
    // HEAD is refused too: on /api it must not change anything.
    if (!page) sendJson(response, 404, { error: "not found: try /, /api?id=8&value=300 or /api/state" });
    else if (request.method === "GET") page(request, response);
    else {
      response.setHeader("allow", "GET");
      sendJson(response, 405, { error: "only GET is answered" });
    }
  }

  function set(bar: Bar): void {
    bars.set(bar);
    windows.broadcast(text({ type: "value", ...bar }));
  }

  function tellCount(): void {
    windows.broadcast(text({ type: "windows", count: windows.count }));
  }

  return app;
}

function answerPage(response: ServerResponse): void {
  response.setHeader("content-security-policy", contentSecurityPolicy);
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  send(response, 200, "text/html; charset=utf-8", pageHtml);
}

function answerApi(request: IncomingMessage, response: ServerResponse, set: (bar: Bar) => void): void {
  const query = new URLSearchParams((request.url ?? "").split("?").slice(1).join("?"));
  const bar = parseBar(query);
  if ("problems" in bar) {
    sendJson(response, 400, { error: bar.problems.join("; ") });
  } else {
    set(bar);
    sendJson(response, 200, bar);
  }
}

function text(message: ChartMessage): string {
  return JSON.stringify(message);
}

function sourceHash(source: string): string {
  return `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
}
