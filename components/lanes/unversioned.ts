import { asRecord, records, type UnknownRecord } from "../../tools/values";

/** A place of a VirtualService that leads to every version of a service. */
export interface UnversionedDestination {
  /** As it is written there. */
  readonly host: string;
  readonly port?: number;
  /** JSON pointer of the destination. */
  readonly pointer: string;
}

/** Destinations of the HTTP routes of a VirtualService that name no subset. */
export function unversionedDestinations({ http }: UnknownRecord): UnversionedDestination[] {
  return records(http).flatMap(({ route }, rule) =>
    records(route).flatMap(({ destination }, index) => {
      const { host, subset, port } = asRecord(destination);
      if (typeof host !== "string" || subset !== undefined) return [];
      const { number } = asRecord(port);
      const pointer = `/spec/http/${rule}/route/${index}/destination`;
      return [{ host, pointer, ...(typeof number === "number" && { port: number }) }];
    }),
  );
}
