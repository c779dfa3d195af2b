/** One service that answered, as it names itself. */
export interface Hop {
  readonly service: string;
  readonly version: string;
}

/**
 * Reads the hops out of an answer of the mock chain:
 * `-> mocka(version: v1, ip: 172.17.0.54)-> mockb(version: v1, ip: 172.17.0.129)`.
 * The format is that of Alibaba Cloud's own mock images ("Use lanes for end-to-end canary release"), so a mesh that runs
 * those is read as well.
 *
 * @returns the hops in the order they were called; none when the answer is not of that format.
 */
export function parseHops(body: string): Hop[] {
  return [...body.matchAll(/->\s*([\w.-]+)\(version:\s*([\w.-]+),\s*ip:\s*[^)]*\)/g)].map(
    ([, service = "", version = ""]) => ({ service, version }),
  );
}
