/*
 * W3C baggage (www.w3.org/TR/baggage), as far as lanes need it. `istio/lua.ts` holds the same rules in Lua, and one table of
 * cases is run against both. Members are `key=value;property;property`, separated by commas, over one or several header
 * lines; spaces and tabs around keys and values do not count; keys are case-sensitive.
 */

/**
 * The value of a member: the first one of that key wins. It is percent-decoded once; `%` without two hex digits stays.
 * Undefined when there is none, or when the value is empty or holds anything but visible ASCII: such a value cannot
 * name a lane, and a decoded line break must never reach a header.
 */
export function baggageMember(lines: readonly string[], key: string): string | undefined {
  for (const line of lines) {
    for (const member of line.split(",")) {
      const { name, value } = splitMember(member);
      if (name !== key || value === undefined) continue;
      const decoded = percentDecode(value);
      return /^[\x21-\x7e]+$/.test(decoded) ? decoded : undefined;
    }
  }
  return undefined;
}

/** What every propagator must carry on (www.w3.org/TR/baggage, 3.3.2): some drop all of it where there is more. */
export const baggageLimits = { members: 64, bytes: 8192 } as const;

/** Bytes of the longest lane name. */
export const longestLaneName = 63;

/**
 * The baggage that the gateway sends on: one line, the lane first in it, then the client's members as they were, without
 * those of the lane's key. They end where the limits do, so that no library has a reason to cut or drop the line; each
 * lane leaves them the same room.
 */
export function laneBaggage(lines: readonly string[], key: string, lane: string): string {
  let room = baggageLimits.bytes - key.length - 1 - longestLaneName;
  const kept: string[] = [];
  for (const member of lines.join(",").split(",").map(trim)) {
    if (member === "" || splitMember(member).name === key) continue;
    room -= 1 + Buffer.byteLength(member, "latin1");
    if (room < 0 || kept.length === baggageLimits.members - 1) break;
    kept.push(member);
  }
  return [`${key}=${lane}`, ...kept].join(",");
}

function splitMember(member: string): { name: string; value: string | undefined } {
  const pair = member.split(";", 1)[0] ?? "";
  const equals = pair.indexOf("=");
  if (equals < 0) return { name: trim(pair), value: undefined };
  return { name: trim(pair.slice(0, equals)), value: trim(pair.slice(equals + 1)) };
}

/** Spaces and tabs only (RFC 9110 OWS), in linear time on any input. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

function percentDecode(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
