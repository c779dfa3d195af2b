import assert from "node:assert/strict";
import { checkAsmSupport } from "../../../../../components/lanes/asm/support";
import { laneGroupSchema } from "../../../../../components/lanes/spec";
import { s1, s2, s4, s4Input } from "../fixtures";

describe("checkAsmSupport", () => {
  const enterprise = (version: string) => ({ version, edition: "enterprise" }) as const;

  it("has nothing against an instance that is new enough", () => {
    for (const version of ["1.21.6.54", "v1.21.6.54-g0b9d1a9c-aliyun", "1.24.6.64", "2.0.0.0"]) {
      assert.deepEqual(checkAsmSupport([s1, s2, s4], enterprise(version)), []);
    }
    assert.deepEqual(checkAsmSupport([s1, s2, s4], { version: "1.21.6.54", edition: "ultimate" }), []);
  });

  it("fails for baggage before 1.21.6.54, naming each group that propagates it", () => {
    const problem = (index: number, name: string) => ({
      path: `laneGroups[${index}].traceHeader`,
      got: `lane group ${name} propagates baggage, ASM is 1.21.6.53`,
      expected: "ASM 1.21.6.54 or later",
      fix: "Update the instance to 1.21.6.54 or later, or forward version in the apps and name it as traceHeader.",
    });
    assert.deepEqual(checkAsmSupport([s1, s2, s4], enterprise("1.21.6.53")), [problem(0, "ws"), problem(2, "shop")]);
  });

  it("fails for any lanes before 1.18.2.111", () => {
    assert.deepEqual(checkAsmSupport([s2], enterprise("1.18.2.110")), [
      {
        path: "laneGroups[0]",
        got: "lane group test needs traffic lanes, ASM is 1.18.2.110",
        expected: "ASM 1.18.2.111 or later",
        fix: "Update the instance to 1.18.2.111 or later.",
      },
    ]);
    assert.deepEqual(checkAsmSupport([s2], enterprise("1.18.2.111")), []);
  });

  it("fails for runtime fallback before 1.17.2.22, unless it is off", () => {
    const group = { ...s4Input, traceHeader: "version" };
    const pathsOf = (input: typeof group & { fallback?: boolean }) =>
      checkAsmSupport([laneGroupSchema.parse(input)], enterprise("1.17.2.21")).map(({ path }) => path);
    assert.deepEqual(pathsOf(group), ["laneGroups[0]", "laneGroups[0].fallback"]);
    assert.deepEqual(pathsOf({ ...group, fallback: false }), ["laneGroups[0]"]);
  });

  it("fails for swimlanes by weight before 1.21, and not for routes by weight", () => {
    const group = { ...s4Input, traceHeader: "version", entry: { ...s4Input.entry, sticky: false } };
    const pathsOf = (asmWay: "routes" | "swimlanes") =>
      checkAsmSupport([laneGroupSchema.parse({ ...group, asmWay })], enterprise("1.20.8.129")).map(({ path }) => path);
    assert.deepEqual(pathsOf("swimlanes"), ["laneGroups[0].asmWay"]);
    assert.deepEqual(pathsOf("routes"), []);
  });

  it("fails for the Standard Edition, whatever its version", () => {
    assert.deepEqual(checkAsmSupport([s2], { version: "1.24.6.64", edition: "standard" }), [
      {
        path: "laneGroups[0]",
        got: "lane group test needs traffic lanes, the edition of ASM is standard",
        expected: "Enterprise or Ultimate Edition",
        fix: "Use an instance of Enterprise or Ultimate Edition.",
      },
    ]);
  });

  it("fails for a version that has not four numbers", () => {
    for (const version of ["1.21", "1.21.6", "latest", ""]) {
      assert.deepEqual(checkAsmSupport([s2], enterprise(version)), [
        {
          path: "mesh.version",
          got: `got ${JSON.stringify(version)}`,
          expected: "a version of ASM such as 1.21.6.54",
          fix: "Write all four numbers, as the ASM console shows them.",
        },
      ]);
    }
  });
});
