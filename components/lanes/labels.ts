type Labels = Readonly<Record<string, unknown>>;

/** Whether labels fulfil a selector. An empty selector selects nothing, as with a Service. */
export function selects(selector: Labels, labels: Labels): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** Whether no object can have the labels of both: one of the same key has another value in each. */
export function excludeEachOther(one: Labels, other: Labels): boolean {
  return Object.entries(one).some(([key, value]) => other[key] !== undefined && other[key] !== value);
}

/** As `kubectl --selector` takes it. @example "app=web,version=v1" */
export function selectorText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(",");
}
