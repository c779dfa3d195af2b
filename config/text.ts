import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";

/** A file whose bytes are no text in UTF-8: read anyway, they would come to other bytes when it is written. */
export class NotUtf8 extends Error {
  public override readonly name = "NotUtf8";
  public readonly expected = "a file in UTF-8";
  public readonly fix = "Save it as UTF-8.";
}

/**
 * The text of a file of the config, whose bytes it comes to again when it is written: a byte order mark is part of it.
 *
 * @throws NotUtf8 naming the first line that is not, or what the system says of the file.
 */
export function readText(path: string): string {
  const bytes = readFileSync(path);
  // Of UTF-16 every other byte is a zero, which no text in YAML has, or its byte order mark is no UTF-8.
  const isWide = bytes.includes(0) || ["fffe", "feff"].includes(bytes.toString("hex", 0, 2));
  if (isWide) throw new NotUtf8("not in UTF-8: it is in UTF-16");
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let [line, from] = [1, 0];
  for (let end = bytes.indexOf("\n"); end >= 0 && isUtf8(bytes.subarray(from, end)); end = bytes.indexOf("\n", from)) {
    line += 1;
    from = end + 1;
  }
  throw new NotUtf8(`not in UTF-8: line ${line}`);
}
