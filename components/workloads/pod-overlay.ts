import { isRecord } from "../../tools/values";

/*
 * What a user writes of a pod in Kubernetes' own fields, laid over what the program makes: maps key by key, lists whose
 * elements have a key of their own element by element, probes, hooks and other lists as a whole, and `null` takes a field
 * away. It is near to Kubernetes' strategic merge patch:
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
 */

/** Any value of JSON; what is not is taken as it is, such as an `Output`. */
export type Overlay = Readonly<Record<string, unknown>>;

/** The field that tells the elements of a list apart: `patchMergeKey` in the API reference of PodSpec and Container. */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  env: "name",
  volumes: "name",
  imagePullSecrets: "name",
  volumeMounts: "mountPath",
  volumeDevices: "devicePath",
  ports: "containerPort",
  hostAliases: "ip",
  topologySpreadConstraints: "topologyKey",
};

/** Fields of which only one kind may be set: they are taken as a whole. */
const wholeFields: ReadonlySet<string> = new Set([
  "readinessProbe",
  "livenessProbe",
  "startupProbe",
  "preStop",
  "postStart",
  "valueFrom",
]);

/** @example overlaid({ a: 1, b: { c: 2 } }, { b: { d: 3 }, a: null }) // { b: { c: 2, d: 3 } } */
export function overlaid(base: Overlay, overlay: Overlay): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(overlay)) {
    if (value === null) delete merged[key];
    else if (value !== undefined) merged[key] = mergedValue(key, merged[key], value);
  }
  return merged;
}

function mergedValue(key: string, base: unknown, value: unknown): unknown {
  if (isPlain(base) && isPlain(value) && !wholeFields.has(key)) return overlaid(base, value);
  const by = mergeKeys[key];
  if (by === undefined || !Array.isArray(base) || !Array.isArray(value)) return value;
  const merged: unknown[] = [...base];
  for (const element of value) {
    const index = merged.findIndex((other) => isRecord(other) && isRecord(element) && other[by] === element[by]);
    if (index < 0) merged.push(element);
    else merged[index] = mergedValue("", merged[index], element);
  }
  return merged;
}

/** Maps that the API server compares as a whole (`x-kubernetes-map-type: atomic`), and what it adds to them. */
const storedDefaults: Readonly<Record<string, Overlay>> = {
  fieldRef: { apiVersion: "v1" },
  resourceFieldRef: { divisor: "0" },
};

/**
 * With the defaults of maps that are compared as a whole. Whoever applies a pod without them, as GitOps does with what
 * `lanes render` prints, has a conflict with the writer who made it.
 */
export function withStoredDefaults<T>(value: T): T;
export function withStoredDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => withStoredDefaults(element));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const complete = withStoredDefaults(inner);
      return [key, isPlain(complete) ? { ...storedDefaults[key], ...complete } : complete];
    }),
  );
}

/** A map, and not an object of a class such as `Output`. */
function isPlain(value: unknown): value is Overlay {
  return isRecord(value) && Object.getPrototypeOf(value) === Object.prototype;
}
