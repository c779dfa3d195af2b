import { z } from "zod";
import { fetchOutside } from "../../tools/http/outside";
import { firstLine, fromJson } from "../../tools/values";

/** Milliseconds that an answer may take. */
const patience = 10_000;

/** Variable with a token that Prometheus asks for. */
export const tokenVariable = "MESH_LANES_PROMETHEUS_TOKEN";

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
const answerSchema = z.union([
  z.object({ status: z.literal("error"), errorType: z.string(), error: z.string() }),
  z.object({
    status: z.literal("success"),
    data: z.object({ resultType: z.string(), result: z.array(z.unknown()) }),
  }),
]);

export interface PrometheusServer {
  /** What stands before `/api/v1/query`. */
  readonly url: string;
  /** Sent as a bearer token. @default none */
  readonly token?: string;
}

/**
 * Asks Prometheus whether a condition holds. A comparison in PromQL keeps the series that fit it, so a condition holds where one is
 * left; where none is, it is false or there is no data, which is no proof.
 *
 * @param query such as `sum(rate(checkout_failed_total[1m])) < 1`.
 * @returns why it does not hold; undefined where it does.
 */
export async function whyNot(server: PrometheusServer, query: string, stop: AbortSignal): Promise<string | undefined> {
  try {
    return await ask(server, query, stop);
  } catch (error) {
    return stop.aborted ? undefined : firstLine(error);
  }
}

async function ask({ url, token }: PrometheusServer, query: string, stop: AbortSignal): Promise<string | undefined> {
  const response = await fetchOutside(`${url.replace(/\/+$/, "")}/api/v1/query`, {
    method: "POST",
    body: new URLSearchParams({ query }).toString(),
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    signal: AbortSignal.any([stop, AbortSignal.timeout(patience)]),
  });
  const { success, data: answer } = answerSchema.safeParse(fromJson(await response.text()));
  if (!success) return `answered ${response.status}, and not as Prometheus does`;
  if (answer.status === "error") return `${answer.errorType}: ${firstLine(answer.error)}`;
  const { resultType, result } = answer.data;
  if (resultType !== "vector") return `its result is a ${resultType}, where a comparison of series is expected`;
  return result.length > 0 ? undefined : "it does not hold, or has no data";
}
