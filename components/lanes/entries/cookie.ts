import type { LaneGroup } from "../spec";

/** The cookie that keeps a client in the lane that weights gave it. Its value is the lane's name. */
export function stickyCookie({ name, entry: { sticky } }: LaneGroup): string {
  return (sticky === false ? undefined : sticky.cookie) ?? `mesh-lane-${name}`;
}

/**
 * `Set-Cookie` of a weighted rule: out of reach of scripts and, unless the group says otherwise, for all paths and for the
 * browser's session. One cookie for all services of the entry.
 */
export function setStickyCookie(group: LaneGroup, lane: string): string {
  const { sticky } = group.entry;
  const { sameSite, path, secure, maxAge, domain } = sticky || { sameSite: "Lax", path: "/" };
  return [
    `${stickyCookie(group)}=${lane}`,
    `Path=${path}`,
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    ...(maxAge === undefined ? [] : [`Max-Age=${maxAge}`]),
    ...(secure === true ? ["Secure"] : []),
    "HttpOnly",
    `SameSite=${sameSite}`,
  ].join("; ");
}
