// The few calls of GitHub's API that a preview's comment needs. Plain JavaScript and nothing but Node: the job that has the
// token to write comments installs no packages and runs no code of the pull request.
const { setTimeout: sleepFor } = require("node:timers/promises");

const attempts = 6;
/** A wait of more than this is no wait for a comment. */
const longestWait = 120_000;

class ForgeError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** @param options `{ api, token, sleep }`; `api` is the API's URL, such as https://api.github.com. */
function forge({ api, token, sleep = sleepFor }) {
  const once = async (method, path, body) => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "x-github-api-version": "2022-11-28",
        "user-agent": "mesh-lanes",
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    return { response, text: await response.text() };
  };

  /** Waits and tries again where the forge is busy or limits the rate; a request that makes something is for the caller to repeat. */
  const call = async (method, path, body) => {
    for (let attempt = 1; ; attempt += 1) {
      const { response, text } = await once(method, path, body).catch((error) => ({ error, text: String(error) }));
      if (response?.ok) return text === "" ? undefined : JSON.parse(text);
      const wait = response ? waitOf(response, attempt) : 1000 * 2 ** attempt;
      const safe = method !== "POST" || (response && isLimit(response));
      if (wait === undefined || !safe || attempt === attempts || wait > longestWait) {
        const got = response ? `${response.status} ${text.slice(0, 300)}` : text;
        throw new ForgeError(response?.status ?? 0, `${method} ${path}: got ${got}`);
      }
      await sleep(wait);
    }
  };

  /** All pages. @param key of the list in each answer; undefined: the answer is the list. */
  const list = async (path, key) => {
    const found = [];
    for (let page = 1; ; page += 1) {
      const answer = await call("GET", `${path}${path.includes("?") ? "&" : "?"}per_page=100&page=${page}`);
      const items = key === undefined ? answer : answer[key];
      found.push(...items);
      if (items.length < 100) return found;
    }
  };

  /** Open pull requests of a branch. @param head `owner:branch` */
  const openPulls = (repository, head) =>
    list(`/repos/${repository}/pulls?state=open&head=${encodeURIComponent(head)}`);

  return { call, list, openPulls };
}

function isLimit({ status, headers }) {
  return (
    status === 429 || (status === 403 && (headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0"))
  );
}

/** Milliseconds to wait before the next attempt; undefined when another attempt is no help. */
function waitOf(response, attempt) {
  const { status, headers } = response;
  if (isLimit(response)) {
    const seconds = Number(headers.get("retry-after"));
    if (seconds > 0) return seconds * 1000;
    const reset = Number(headers.get("x-ratelimit-reset")) * 1000 - Date.now();
    return Math.max(1000, reset || 0);
  }
  return status >= 500 ? 1000 * 2 ** attempt : undefined;
}

module.exports = { forge, ForgeError };
