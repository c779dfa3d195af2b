import { z } from "zod";
import type { LoggedRequest } from "../../../components/lanes/diff/replay/replay";
import { fromJson } from "../../../tools/values";

/** Fields of `accessLogFields` in components/mesh/access-log.ts that tell of a request; Envoy writes null, or "-", for none. */
const lineSchema = z.object({
  method: z.string(),
  path: z.string(),
  authority: z.string(),
  route_name: z.string().nullish(),
  response_code: z.union([z.number(), z.string()]).nullish(),
  user_agent: z.string().nullish(),
});

/** One line of a gateway's log. @returns undefined when it is none. */
export function readLogLine(line: string): LoggedRequest | undefined {
  // What kubectl and container runtimes may put in front of a line ends before the first brace.
  const at = line.indexOf("{");
  if (at < 0) return undefined;
  const parsed = lineSchema.safeParse(fromJson(line.slice(at)));
  if (!parsed.success) return undefined;
  const { method, path, authority, route_name: route, response_code: code, user_agent: agent } = parsed.data;
  if (isNone(method) || isNone(authority) || !/^[/*]/.test(path)) return undefined;
  return {
    request: { host: authority, path, method, ...(!isNone(agent) && { headers: { "user-agent": agent } }) },
    whole: false,
    ...(!isNone(route) && { route }),
    socket: String(code) === "101",
  };
}

function isNone(text: string | null | undefined): text is null | undefined | "-" | "" {
  return text === null || text === undefined || text === "-" || text === "";
}
