import fc from "fast-check";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";

/** Permissive groups with holes anywhere but in the baseline, which is any of the lanes; any calls, round or onto oneself. */
export const permissiveGroups: fc.Arbitrary<LaneGroup> = fc
  .record({
    names: fc.uniqueArray(fc.stringMatching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/), { minLength: 1, maxLength: 8 }),
    lanes: fc.integer({ min: 1, max: 10 }),
    baseline: fc.nat(),
    holes: fc.array(fc.nat(79), { maxLength: 60 }),
    calls: fc.option(
      fc.uniqueArray(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 12, selector: (call) => call.join() }),
    ),
    weighted: fc.boolean(),
    header: fc.string(),
  })
  .map(({ names, lanes, baseline, holes, calls, weighted, header }) => {
    const laneNames = Array.from({ length: lanes }, (_, index) => `lane${index}`);
    const base = baseline % lanes;
    const versionsOf = (column: number) =>
      laneNames.filter((_, row) => row === base || !holes.includes(row * 8 + column));
    const callsOf = (from: number) =>
      (calls ?? []).flatMap(([caller, callee]) => (caller === from ? (names[callee] ?? []) : []));
    return laneGroupSchema.parse({
      name: "group",
      mode: "permissive",
      services: names.map((name, column) => ({
        name,
        port: 8000 + column,
        versions: versionsOf(column),
        ...(calls && { calls: callsOf(column) }),
      })),
      entry: { service: names[base % names.length] ?? "", gateway: "istio-system/gateway" },
      routeHeader: "x-lane",
      baseline: `lane${base}`,
      lanes: laneNames.map((name, row) => ({
        name,
        ...(weighted ? { weight: row === base ? 100 : 0 } : { match: { headers: { "x-lane": `${header}${row}` } } }),
      })),
    });
  });
