import { z } from "zod";
import type { DeepReadonly } from "../../../../tools/deep-readonly";
import { stringMatchSchema } from "../../text-match/shape";
import { duration } from "../duration";

/* Istio's own fields: https://istio.io/latest/docs/reference/config/networking/virtual-service/#CorsPolicy */

export const corsSchema = z
  .strictObject({
    // Compared with the request's Origin: `https://app.example.com`, with a port where it is not the usual one.
    allowOrigins: z
      .array(stringMatchSchema)
      .min(1)
      .meta({
        description: 'a list of origins whose pages may send requests: texts, { prefix } or { regex }; "*" for any',
        examples: [["https://app.example.com"]],
      }),
    allowMethods: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('a list of methods in capitals, or ["*"]; default: GET, HEAD and POST, which browsers always allow'),
    // Those by which lanes are entered are added.
    allowHeaders: z
      .array(z.string())
      .optional()
      .describe('a list of request headers besides those by which lanes are entered, or ["*"]; default none'),
    exposeHeaders: z
      .array(z.string())
      .optional()
      .describe('a list of headers of the answer that pages may read, or ["*"]; default: those of responseHeaders'),
    maxAge: duration
      .optional()
      .describe("how long browsers keep the answer to a preflight, such as 10m; default: what the browser does"),
    allowCredentials: z
      .boolean()
      .default(false)
      .describe("true or false: pages may send cookies and Authorization; default false"),
  })
  .describe(
    "what pages of other origins may send: allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials",
  );

/** Which pages of other origins may send requests (CORS), and how the gateway answers browsers that ask for it. */
export type CorsPolicy = DeepReadonly<z.output<typeof corsSchema>>;
