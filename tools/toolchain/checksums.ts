import { posix } from "node:path";

/**
 * Reads the SHA-256 of one file from a publisher's checksum file.
 *
 * @param text lines of `<sum>  <name>` or `<sum> *<name>`, as sha256sum writes them, or one bare sum.
 * @returns lower-case hex, or undefined when the file is not listed.
 */
export function checksumFor(text: string, fileName: string): string | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const bare = lines.filter((line) => line !== "");
  if (bare.length === 1 && /^[0-9a-f]{64}$/i.test(bare[0] ?? "")) return bare[0]?.toLowerCase();
  for (const line of lines) {
    const match = /^([0-9a-f]{64})\s+\*?(.+)$/i.exec(line);
    if (match && posix.basename(match[2] ?? "") === fileName) return match[1]?.toLowerCase();
  }
  return undefined;
}
