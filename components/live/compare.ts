import { isRecord } from "../../tools/values";
import type { Tree } from "./object";

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: "remove";
  readonly path: string;
}

export interface Comparison {
  /** Paths at which the live object is not as planned. */
  readonly differences: readonly string[];
  /**
   * Takes out what somebody else has added: applying the plan leaves it where it is, because it is not ours. What an earlier
   * plan had is ours, and goes when the new plan is applied, in its turn.
   */
  readonly strays: readonly PatchOperation[];
}

/**
 * Compares what is planned with what is live.
 *
 * @param applied fields that Pulumi has applied.
 * @param whole whether a field that is not planned is a difference, see `WatchedKind`.
 */
export function compare(planned: Tree, live: Tree, applied: Tree, whole: boolean): Comparison {
  const differences: string[] = [];
  const strays: PatchOperation[] = [];
  const stray = (path: readonly string[]): void => {
    differences.push(path.join("."));
    strays.push({ op: "remove", path: pointer(path) });
  };

  const walk = (wanted: unknown, found: unknown, owned: unknown, path: readonly string[]): void => {
    if (isEmpty(wanted) && isEmpty(found)) return;
    if (isRecord(wanted) && isRecord(found)) {
      const planned = Object.entries(wanted).filter(([, value]) => value !== undefined && value !== null);
      for (const [key, value] of planned) walk(value, found[key], field(owned, key), [...path, key]);
      if (!whole) return;
      const keys = new Set(planned.map(([key]) => key));
      for (const [key, value] of Object.entries(found)) {
        if (keys.has(key) || isEmpty(value)) continue;
        if (field(owned, key) === undefined) stray([...path, key]);
        else differences.push([...path, key].join("."));
      }
    } else if (Array.isArray(wanted) && Array.isArray(found)) {
      walkList(wanted, found, owned, path);
    } else if (!sameValue(wanted, found)) {
      differences.push(path.join("."));
    }
  };

  const walkList = (wanted: unknown[], found: unknown[], owned: unknown, path: readonly string[]): void => {
    const keyed = isRecord(owned) && Object.keys(owned).some((key) => key.startsWith("k:"));
    // From the end: removing one must not move those that are still to be removed.
    const added = keyed
      ? [...found.keys()].filter((index) => element(owned, found[index]) === undefined).reverse()
      : [];
    for (const index of added) stray([...path, String(index)]);
    const rest = found.filter((_, index) => !added.includes(index));
    if (rest.length !== wanted.length) differences.push(path.join("."));
    else
      for (const [index, value] of wanted.entries()) {
        walk(value, rest[index], keyed ? element(owned, rest[index]) : owned, [
          ...path,
          String(found.indexOf(rest[index])),
        ]);
      }
  };

  walk(planned, live, applied, []);
  return { differences, strays };
}

function field(owned: unknown, key: string): unknown {
  if (!isRecord(owned)) return undefined;
  // An atomic list or map is owned as one, with no entries for what is in it.
  return Object.keys(owned).length === 0 ? owned : owned[`f:${key}`];
}

/** Ownership of an element of a list whose elements are told apart by keys, such as `k:{"name":"app"}`. */
function element(owned: Tree, value: unknown): unknown {
  if (!isRecord(value)) return undefined;
  const key = Object.keys(owned).find((candidate) => {
    if (!candidate.startsWith("k:")) return false;
    const keys: unknown = JSON.parse(candidate.slice(2));
    return isRecord(keys) && Object.entries(keys).every(([name, expected]) => value[name] === expected);
  });
  return key === undefined ? undefined : owned[key];
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.values(value).every(isEmpty);
}

function sameValue(wanted: unknown, found: unknown): boolean {
  return wanted === found || (quantity(wanted) !== undefined && quantity(wanted) === quantity(found));
}

const factors: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** The API server writes quantities in one way only: `0.5` becomes `500m`, `1024Mi` becomes `1Gi`. */
function quantity(value: unknown): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(String(value)) ?? [];
  return digits === undefined ? undefined : Number((Number(digits) * (factors[unit] ?? 1)).toPrecision(12));
}

function pointer(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
