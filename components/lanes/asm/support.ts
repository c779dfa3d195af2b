import type { Problem } from "../../../tools/user-error";
import type { LaneGroup } from "../spec";

/** An ASM instance, as far as lanes depend on it. */
export interface AsmInstance {
  /** Such as `1.21.6.54`, or in full `v1.21.6.54-g0b9d1a9c-aliyun`. */
  readonly version: string;
  readonly edition: "standard" | "enterprise" | "ultimate";
}

/**
 * What lane groups need that an ASM instance does not have: one problem per group and need, with the path
 * `laneGroups[<index>]…` and the group's name. Empty: the instance can carry them. Call it before anything is created.
 */
export function checkAsmSupport(groups: readonly LaneGroup[], instance: AsmInstance): Problem[] {
  const version = parseAsmVersion(instance.version);
  if (!version) {
    const got = `got ${JSON.stringify(instance.version)}`;
    const fix = "Write all four numbers, as the ASM console shows them.";
    return [{ path: "mesh.version", got, expected: "a version of ASM such as 1.21.6.54", fix }];
  }
  return groups.flatMap((group, index) =>
    needsOf(group).flatMap((need): Problem[] => {
      const path = `laneGroups[${index}]${need.path}`;
      const who = `lane group ${group.name} ${need.what}`;
      const problems: Problem[] = [];
      if (isOlder(version, need.since)) {
        const since = need.since.join(".");
        const fix = `Update the instance to ${since} or later${need.instead}.`;
        problems.push({ path, got: `${who}, ASM is ${instance.version}`, expected: `ASM ${since} or later`, fix });
      }
      if (instance.edition === "standard") {
        const fix = `Use an instance of Enterprise or Ultimate Edition${need.instead}.`;
        const got = `${who}, the edition of ASM is ${instance.edition}`;
        problems.push({ path, got, expected: "Enterprise or Ultimate Edition", fix });
      }
      return problems;
    }),
  );
}

type Version = readonly [number, number, number, number];

interface Need {
  /** Below the group. */
  readonly path: string;
  readonly what: string;
  readonly since: Version;
  /** End of the fix: what the user can do without another instance. */
  readonly instead: string;
}

/**
 * Versions from "Use traffic lanes in strict mode", "ASMHeaderPropagation CRD" and "Configure fallback routing in ASM". Swimlanes
 * by weight came with ASM 1.21 (release notes of May 2024); its first build is not named, so any 1.21 is taken.
 */
function needsOf(group: LaneGroup): Need[] {
  const needs: Need[] = [{ path: "", what: "needs traffic lanes", since: [1, 18, 2, 111], instead: "" }];
  if (group.traceHeader === "baggage") {
    const instead = `, or forward ${group.routeHeader} in the apps and name it as traceHeader`;
    needs.push({ path: ".traceHeader", what: "propagates baggage", since: [1, 21, 6, 54], instead });
  }
  if (group.services.some((service) => service.fallback)) {
    const instead = ", or set fallback: false";
    needs.push({ path: ".fallback", what: "falls back at run time", since: [1, 17, 2, 22], instead });
  }
  if (group.asmWay === "swimlanes" && group.lanes.some(({ weight }) => weight !== undefined)) {
    const instead = ", or set asmWay: routes";
    needs.push({ path: ".asmWay", what: "enters swimlanes by weight", since: [1, 21, 0, 0], instead });
  }
  return needs;
}

/** Whether it is a version of ASM that is older; one that cannot be read is not. */
export function isOlderAsm(text: string, since: Version): boolean {
  const version = parseAsmVersion(text);
  return version !== undefined && isOlder(version, since);
}

function parseAsmVersion(text: string): Version | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?$/.exec(text);
  if (!found) return undefined;
  const [, major, minor, patch, build] = found;
  return [Number(major), Number(minor), Number(patch), Number(build)];
}

function isOlder(version: Version, since: Version): boolean {
  const differs = version.findIndex((part, index) => part !== since[index]);
  return differs >= 0 && (version[differs] ?? 0) < (since[differs] ?? 0);
}
