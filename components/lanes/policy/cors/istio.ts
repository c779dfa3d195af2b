import { istioMillis } from "../duration";
import type { CorsPolicy } from "./shape";

/** `corsPolicy` of an `HTTPRoute`. */
export function corsPolicy(cors: CorsPolicy): object {
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials } = cors;
  return {
    allowOrigins: allowOrigins.map(({ kind, value }) => ({ [kind]: value })),
    ...(allowMethods && { allowMethods: [...allowMethods] }),
    ...(allowHeaders && { allowHeaders: [...allowHeaders] }),
    ...(exposeHeaders && { exposeHeaders: [...exposeHeaders] }),
    ...(maxAge !== undefined && { maxAge: `${(istioMillis(maxAge) ?? 0) / 1000}s` }),
    ...(allowCredentials && { allowCredentials }),
  };
}
