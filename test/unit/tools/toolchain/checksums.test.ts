import assert from "node:assert/strict";
import { checksumFor } from "../../../../tools/toolchain/checksums";

const a = "a".repeat(64);
const b = "b".repeat(64);

describe("checksumFor", () => {
  const cases: [string, string, string, string | undefined][] = [
    ["sha256sum's text form", `${b}  other.tgz\n${a}  tool.tgz\n`, "tool.tgz", a],
    ["sha256sum's binary form", `${a} *tool.tgz\n`, "tool.tgz", a],
    ["a name with a folder", `${a}  ./release/tool.tgz\n`, "tool.tgz", a],
    ["a bare sum", `${a}\n`, "kubelet", a],
    ["upper case and CRLF", `${a.toUpperCase()}  tool.tgz\r\n`, "tool.tgz", a],
    ["fails for a name that only ends alike", `${a}  my-tool.tgz\n`, "tool.tgz", undefined],
    ["fails for a shorter sum", `${"a".repeat(40)}  tool.tgz\n`, "tool.tgz", undefined],
    ["fails for an error page", "<html>not found</html>", "tool.tgz", undefined],
    ["fails for two bare sums", `${a}\n${b}\n`, "tool.tgz", undefined],
  ];
  for (const [title, text, name, expected] of cases) {
    it(title, () => assert.equal(checksumFor(text, name), expected));
  }
});
