import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from "undici";

/** Longest wait for a connection: without internet, packets may just be swallowed. */
const connectMilliseconds = 5000;

/** One per set of variables, since it keeps connections open. */
const agents = new Map<string, EnvHttpProxyAgent>();

/**
 * `fetch` for hosts outside of this machine: through the proxy that HTTPS_PROXY or HTTP_PROXY names, unless NO_PROXY
 * names the host.
 */
export function fetchOutside(
  url: string,
  init: Omit<RequestInit, "dispatcher">,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Response> {
  const settings = proxySettings(env);
  const key = JSON.stringify(settings);
  const agent = agents.get(key) ?? agentOf(settings);
  agents.set(key, agent);
  return fetch(url, { ...init, dispatcher: agent });
}

/** Empty texts: none. */
export interface ProxySettings {
  /** URL of the proxy for http. */
  readonly httpProxy: string;
  /** URL of the proxy for https. */
  readonly httpsProxy: string;
  /** Hosts that are reached without a proxy; see https://github.com/nodejs/undici, docs/api/EnvHttpProxyAgent. */
  readonly noProxy: string;
}

/** Reads the variables as curl and Go do: lower case wins, and a proxy without a scheme is one for http. */
export function proxySettings(env: NodeJS.ProcessEnv): ProxySettings {
  const value = (name: string) => env[name] || env[name.toUpperCase()] || "";
  const proxy = (name: string) => value(name).replace(/^(?!$|[a-z0-9]+:\/\/)/i, "http://");
  return { httpProxy: proxy("http_proxy"), httpsProxy: proxy("https_proxy"), noProxy: value("no_proxy") };
}

function agentOf(settings: ProxySettings): EnvHttpProxyAgent {
  const timeout = { timeout: connectMilliseconds };
  return new EnvHttpProxyAgent({ ...settings, connect: timeout, proxyTls: timeout });
}
