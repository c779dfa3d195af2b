/** At most so many names in one sentence. */
export function list(names: readonly string[], most = 12): string {
  const all = [...new Set(names)];
  return all.length <= most ? all.join(", ") : `${all.slice(0, most).join(", ")} and ${all.length - most} more`;
}
