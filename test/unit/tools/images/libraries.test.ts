import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileLayer } from "../../../../tools/images/layers";
import { missingLibraries, parseLdd } from "../../../../tools/images/libraries";

describe("parseLdd", () => {
  it("lists what has a path: neither the kernel's own library, nor the loader, nor one that is missing", () => {
    const text = [
      "\tlinux-vdso.so.1 (0x00007ffd)",
      "\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f)",
      "\tlibnone.so => not found",
      "\tlibuv.so.1 => /opt/node/lib/libuv.so.1 (0x00007f)",
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f)",
    ].join("\n");
    assert.deepEqual(parseLdd(text), ["/lib/x86_64-linux-gnu/libstdc++.so.6", "/opt/node/lib/libuv.so.1"]);
  });

  it("finds none in a static program", () => assert.deepEqual(parseLdd("\tnot a dynamic executable\n"), []));
});

describe("missingLibraries", () => {
  it("are those of the program that the base lacks", async function () {
    if (process.platform !== "linux") this.skip();
    const folder = mkdtempSync(join(tmpdir(), "libraries-"));
    try {
      const empty = await fileLayer([{ path: "etc/x", mode: 0o644, source: Buffer.from("") }], folder);
      const all = await missingLibraries(process.execPath, empty);
      assert.ok(all.some((file) => /^usr\/local\/lib\/mesh-lanes\/libc\.so/.test(file.path)));
      const full = await fileLayer(
        all.map((file) => ({ ...file, path: file.path.replace("usr/local/lib/mesh-lanes", "lib") })),
        folder,
      );
      assert.deepEqual(await missingLibraries(process.execPath, full), []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
