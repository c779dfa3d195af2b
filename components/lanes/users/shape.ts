import { z } from "zod";
import type { DeepReadonly } from "../../../tools/deep-readonly";

/** Where a request tells whose it is. One of them: `validateUsers`. */
export const userSchema = z
  .strictObject({
    header: z
      .string()
      .optional()
      .meta({ description: "a request header that holds the user's id, in lower case", examples: ["x-user-id"] }),
    cookie: z.string().optional().describe("a cookie that holds it"),
    query: z.string().optional().describe("a key of the query that holds it, as written in the URL"),
  })
  .describe("where a request tells its user: one of header, cookie, query; weights are then shares of users");

export type UserSource = DeepReadonly<z.output<typeof userSchema>>;
