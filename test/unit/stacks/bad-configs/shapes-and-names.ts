import { s2Input } from "../../components/lanes/fixtures";
import { type BadConfig, bad, group, match, strict, strictLane, strictService } from "./bad-config";

export const badShapes: readonly BadConfig[] = [
  bad("an unknown section", { laneGroup: [] }, "laneGroup", 'unknown key "laneGroup"', /^Did you mean laneGroups\?$/),
  bad(
    "an unknown key of a lane",
    strictLane({ wieght: 1 }),
    `${group}.lanes[1].wieght`,
    'unknown key "wieght"',
    /mean weight\?/,
  ),
  bad(
    "an unknown key far from any",
    strict({ colour: "red" }),
    `${group}.colour`,
    'unknown key "colour"',
    /^Remove it\.$/,
  ),
  bad("a mode that is none", strict({ mode: "strickt" }), `${group}.mode`, 'got "strickt"', /mean strict\?/),
  bad("no mode", strict({ mode: undefined }), `${group}.mode`, "missing", /^Add mode\.$/),
  bad("no lanes", strict({ lanes: [] }), `${group}.lanes`, "got []", /Correct/),
  bad("lanes that are no list", strict({ lanes: "s1" }), `${group}.lanes`, 'got "s1"', /Write a list/),
  bad(
    "a version that YAML took for a number",
    strictLane({ version: 2 }),
    `${group}.lanes[1].version`,
    "got 2",
    /in quotes/,
  ),
  bad("a port out of range", strictService({ port: 70000 }), `${group}.services[1].port`, "got 70000", /Correct/),
  bad(
    "a match of an unknown kind",
    match({ headers: { x: { exact: "a", suffix: "a" } } }),
    `${group}.lanes[1].match.headers.x.suffix`,
    'unknown key "suffix"',
    /Remove it/,
  ),
];

export const badNames: readonly BadConfig[] = [
  bad("a group name with capitals", strict({ name: "Test" }), `${group}.name`, 'got "Test"', /to test\.$/),
  bad("a namespace that is none", strict({ namespace: "a_b" }), `${group}.namespace`, 'got "a_b"', /to a-b\.$/),
  bad(
    "a version label that is none",
    strict({ versionLabel: "a b" }),
    `${group}.versionLabel`,
    'got "a b"',
    /Name the pod label/,
  ),
  bad(
    "a lane name that cannot be a subset",
    strict({ lanes: [...s2Input.lanes.slice(0, 2), { name: "s_3", version: "v3" }] }),
    `${group}.lanes[2].name`,
    'got "s_3"',
    /to s-3\.$/,
  ),
  bad(
    "a lane named reject",
    strict({ lanes: [...s2Input.lanes.slice(0, 2), { name: "reject", version: "v3" }] }),
    `${group}.lanes[2].name`,
    'got "reject"',
    /Rename/,
  ),
  bad(
    "a version that is no label value",
    strictService({ versions: ["v1", "v2", "v3", "-v4"] }),
    `${group}.services[1].versions[3]`,
    'got "-v4"',
    /Rename/,
  ),
  bad(
    "a version twice",
    strictService({ versions: ["v1", "v2", "v3", "v3"] }),
    `${group}.services[1].versions[3]`,
    'version "v3" is there twice',
    /Remove/,
  ),
  bad(
    "versions that differ by case",
    strictService({ versions: ["v1", "v2", "v3", "V3"] }),
    `${group}.services[1].versions[3]`,
    'version "V3" differs from "v3" by letter case only',
    /Rename/,
  ),
  bad(
    "calls to an unknown service",
    strictService({ calls: ["mokc"] }),
    `${group}.services[1].calls[0]`,
    'unknown service "mokc"',
    /mean mockc\?/,
  ),
];
