import { Metadata } from "@grpc/grpc-js";
import type { LaneContext } from "../../shared/context";

/** Trailer, and header of an answer, that tells who answered: no proxy writes it. */
export const servedBy = "x-served-by";

/** What came in, as lines of headers: names and values in turn, as Node has them of an HTTP request. */
export function headerLines(metadata: Metadata): { readonly rawHeaders: readonly string[] } {
  const rawHeaders = Object.keys(metadata.getMap()).flatMap((name) =>
    metadata.get(name).flatMap((value) => linesOf(name, String(value)).flatMap((line) => [name, line])),
  );
  return { rawHeaders };
}

/** Node joins repeated lines of HTTP/2 with commas. In a traceparent, which has no comma, they are several again. */
function linesOf(name: string, value: string): string[] {
  return name === "traceparent" ? value.split(",") : [value];
}

/** Headers as metadata of a call. */
export function toMetadata(headers: LaneContext): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}
