import { z } from "zod";
import type { DeepReadonly } from "../../../tools/deep-readonly";
import { cookieMatchSchema, stringMatchSchema } from "../text-match/shape";

/** What a request must have, without its cookies; all of it. Shared by lanes and by routes of the entry. */
export const conditionShape = {
  // Names of headers are case-insensitive in requests and lower case here. Repeated headers are joined with a comma.
  headers: z.record(z.string(), stringMatchSchema).default({}).describe("header name -> match"),
  // Not percent-decoded. The first value of a key counts.
  query: z.record(z.string(), stringMatchSchema).default({}).describe("query key -> match, as written in the URL"),
  // Empty: any host of the entry. A port in the request's Host is ignored.
  hosts: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("a list of host names; *.example.com is allowed; default: any host of the entry")
    .transform((hosts = []) => hosts),
  path: stringMatchSchema.optional(),
  // Another method than the one named, HEAD and OPTIONS too, does not fit.
  method: stringMatchSchema.optional(),
};

const laneMatchSchema = z
  .strictObject({
    headers: conditionShape.headers,
    cookies: z.record(z.string(), cookieMatchSchema).default({}).describe("cookie name -> match"),
    query: conditionShape.query,
    hosts: conditionShape.hosts,
    // Stands in for the entry's path.
    path: conditionShape.path,
    method: conditionShape.method,
  })
  .describe("conditions that must all hold: headers, cookies, query, hosts, path, method");

/** Conditions of a lane at the entry; all of them must hold. */
export type LaneMatch = DeepReadonly<z.output<typeof laneMatchSchema>>;

/** One set of conditions, or several of which any will do. */
export const matchSchema = z
  .union([laneMatchSchema, z.array(laneMatchSchema).min(1).describe("a list of at least one set of conditions")])
  .optional()
  .describe("conditions that must all hold (headers, cookies, query, hosts, path, method), or a list: any of them")
  .transform((match) => (match === undefined ? [] : Array.isArray(match) ? match : [match]));
