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
