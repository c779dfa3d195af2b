import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../components/lanes/spec";

/** A lane group as it would be written in a stack's config: what the schema fills in by itself is left out where it may not stand. */
export function asInput(group: LaneGroup): LaneGroupInput {
  const { unmatched, sticky, ...entry } = group.entry;
  const weighted = group.lanes.some(({ weight }) => weight !== undefined);
  const value = written({
    ...group,
    services: group.services.map(({ fallback, ...service }) => ({
      ...service,
      ...(group.mode === "permissive" && { fallback }),
    })),
    entry: { ...entry, ...(!weighted && { unmatched }), ...(!entry.user && { sticky }) },
  });
  laneGroupSchema.parse(value);
  // The schema has just taken it.
  return value as LaneGroupInput;
}

/** A text to match is read as `{ kind, value }`, and written as `{ prefix: value }`. */
function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== "object" || value === null) return value;
  if ("kind" in value && "value" in value) return { [String(value.kind)]: value.value };
  return Object.fromEntries(
    Object.entries(value)
      // An empty list stands for one that was left out, but for calls: by default a service calls the next.
      .filter(([key, each]) => each !== undefined && (key === "calls" || !Array.isArray(each) || each.length > 0))
      .map(([key, each]) => [key, written(each)]),
  );
}
