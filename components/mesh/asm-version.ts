/**
 * The full name of an ASM version among those that are offered.
 *
 * @param version such as `1.24.6.64`, with or without a `v`.
 * @param offered such as `v1.24.6.64-g0c0a6a39-aliyun`.
 */
export function offeredVersion(version: string, offered: readonly string[]): string | undefined {
  const bare = `v${version.replace(/^v/, "")}`;
  return offered.find((name) => name === bare || name.startsWith(`${bare}-`));
}

/**
 * The full name of the version that an instance has already, where it is the one that is asked for or a later one: ASM upgrades
 * instances by itself, and never takes an upgrade back. What the region offers to new instances does not matter to it.
 *
 * @param running versions of the instances of its name; of several, nobody knows which is meant.
 */
export function runningVersion(version: string, running: readonly string[]): string | undefined {
  const [only, ...others] = running;
  if (only === undefined || others.length > 0) return undefined;
  return compareVersions(only, version) >= 0 ? only : undefined;
}

/** Whether the two are the same four numbers. */
export function isSameVersion(one: string, other: string): boolean {
  return compareVersions(one, other) === 0;
}

function compareVersions(one: string, other: string): number {
  const [left, right] = [numbers(one), numbers(other)];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs < 0 ? 0 : (left[differs] ?? 0) - (right[differs] ?? 0);
}

function numbers(version: string): number[] {
  const found = /^v?(\d+)\.(\d+)\.(\d+)\.(\d+)/.exec(version);
  return found ? found.slice(1, 5).map(Number) : [0, 0, 0, 0];
}
