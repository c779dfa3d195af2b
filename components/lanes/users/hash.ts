import type xxhash from "xxhashjs";
import type { EnvoyRequest } from "../matching";
import { placeCount } from "./places";
import type { UserSource } from "./shape";

/*
 * How Envoy makes a place of a user's id: HashPolicyImpl in source/common/http/hash_policy.cc and pickClusterIndex in
 * source/common/router/weighted_cluster_specifier.cc of envoyproxy/envoy.
 */

/** The place of the request's user, 0 to 99; undefined: it tells none, and then chance decides. */
export function placeOf(source: UserSource, request: EnvoyRequest): number | undefined {
  const values = valuesOf(source, request);
  return values && Number(hashOf(values) % BigInt(placeCount));
}

/** The texts that tell the user. Only a header can have several. */
function valuesOf({ header, cookie, query }: UserSource, request: EnvoyRequest): readonly string[] | undefined {
  if (header !== undefined) return request.headers.get(header);
  const value =
    cookie !== undefined ? cookieOf(request, cookie) : query === undefined ? undefined : request.query.get(query);
  return value === undefined ? undefined : [value];
}

/** The first of this name; an empty one is none. Quotes around a value are not part of it (`forEachCookie`). */
function cookieOf({ headers }: EnvoyRequest, name: string): string | undefined {
  const pairs = (headers.get("cookie") ?? []).flatMap((line) => line.split(";")).filter((pair) => pair.includes("="));
  const found = pairs.find((pair) => pair.slice(0, pair.indexOf("=")).replace(/^ +/, "") === name);
  const value = found?.slice(found.indexOf("=") + 1).replace(/^"(.*)"$/, "$1");
  return value === "" ? undefined : value;
}

/** xxHash64. Several texts are put into the order of their bytes, and each is hashed with the hash before it as seed. */
export function hashOf(values: readonly string[]): bigint {
  // Loaded where users are dealt: few groups do that, and every preview loads this module.
  const { h64 } = require("xxhashjs") as typeof xxhash;
  const bytes = values.map((value) => Buffer.from(value)).sort(Buffer.compare);
  // The library takes a hash of its own as seed; its types know of numbers only.
  const hash = bytes.reduce<xxhash.UINT | number>((seed, value) => h64(value, seed as number), 0);
  return BigInt(`0x${hash.toString(16)}`);
}
