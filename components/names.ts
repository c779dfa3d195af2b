import { createHash } from "node:crypto";
import type { Alias } from "@pulumi/pulumi";
import { isDnsLabel } from "./lanes/syntax";

/*
 * Names that are made of others. Two things never share one, whatever the config: `a-b` + `c` and `a` + `b-c` would with a
 * dash between.
 */

/** A resource's name for Pulumi, and what it was called before names could not collide. */
export interface ResourceName {
  readonly name: string;
  /** For the resource's options, so that an existing stack keeps what it has. */
  readonly aliases?: Alias[];
}

/**
 * A name of two parts, in front of which may stand a fixed one. With a dash where the parts are known by it, as always; with a
 * slash where one of them has a dash itself.
 */
export function pairName(first: string, second: string, prefix = ""): ResourceName {
  const plain = `${prefix}${first}-${second}`;
  if (!first.includes("-") && !second.includes("-")) return { name: plain };
  return { name: `${prefix}${first}/${second}`, aliases: [{ name: plain }] };
}

/** The name of a version's resource within that of its service; the part after the last dash, or after an `@`. */
export function versionedName(service: string, version: string): ResourceName {
  const plain = `${service}-${version}`;
  return version.includes("-") ? { name: `${service}@${version}`, aliases: [{ name: plain }] } : { name: plain };
}

/**
 * The Deployment of a version. A version is a label's value, which may hold what the name of a pod may not (`1.4.2`, `V2`):
 * such a name ends in a hash of the version, so that `1.4.2` and `1-4-2` differ.
 *
 * A service `web` of version `v1-canary` and a service `web-v1` of version `canary` do have one name: the config is refused.
 */
export function deploymentName(service: string, version: string): string {
  return isDnsLabel(version) ? `${service}-${version}` : `${service}-${hashed(version)}`;
}

/** The same as a DNS label, of at most 63 characters. */
export function versionedLabel(prefix: string, version: string): string {
  const plain = deploymentName(prefix, version);
  return isDnsLabel(plain) ? plain : `${prefix}-${hashed(version, 63 - prefix.length - 1)}`;
}

/** Tells texts apart in names. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** A version as part of a name, with a hash of it at the end. */
function hashed(version: string, most = Number.POSITIVE_INFINITY): string {
  const hash = shortHash(version);
  const close = version.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${close.slice(0, most - hash.length - 1)}-${hash}`;
}
