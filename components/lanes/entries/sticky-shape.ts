import { z } from "zod";

const cookieSchema = z
  .strictObject({
    cookie: z.string().optional().describe("name of the cookie; default mesh-lane-<group>"),
    sameSite: z.enum(["Strict", "Lax", "None"]).default("Lax").describe("Strict, Lax or None; default Lax"),
    // A stack's config knows the gateway's ports, and sets it where all are HTTPS.
    secure: z
      .boolean()
      .optional()
      .describe("true or false: sent over HTTPS only; default: whether the gateway serves the hosts by HTTPS only"),
    maxAge: z
      .number()
      .int()
      .min(1)
      .max(34_560_000)
      .optional()
      .describe("seconds, up to 34560000 (400 days); default: until the browser is closed"),
    domain: z.string().optional().describe("a domain whose hosts all get the cookie; default: the host alone"),
    path: z.string().default("/").describe("the path below which it is sent; default /"),
  })
  .describe("attributes of the cookie: cookie, sameSite, secure, maxAge, domain, path");

const usual: z.output<typeof cookieSchema> = { sameSite: "Lax", path: "/" };

export const stickySchema = z
  .union([z.boolean(), cookieSchema])
  .default(true)
  .describe("true or false: a client that got a lane by weight keeps it; or attributes of its cookie; default true")
  .transform((sticky) => (sticky === true ? usual : sticky));
