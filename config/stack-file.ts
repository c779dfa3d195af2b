import { closest } from "../components/lanes/suggest";
import { quote } from "../components/lanes/validate/problems";
import { isCheckout } from "../tools/paths";
import type { Problem } from "../tools/user-error";
import { asRecord, isRecord, kindInWords } from "../tools/values";
import { configNamespace, sections } from "./stack";
import { tlsKeyPrefix } from "./tls/tls";

/** Keys of Pulumi.<stack>.yaml that Pulumi reads; all others it reads over. */
const pulumiKeys = ["config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"];

/**
 * What is wrong with the outside of a stack file, so that the config in it would be taken for none.
 *
 * @param document of an empty file: null.
 * @param ofOurProject whether the stack is of this project, and not of one that has the npm package.
 */
export function stackFileProblems(document: unknown, ofOurProject = isCheckout): Problem[] {
  if (document === null || document === undefined) return [];
  if (!isRecord(document)) {
    const fix = "Write `config:` and the keys below it.";
    return [{ path: "the stack's file", got: `got ${kindInWords(document)}`, expected: "a map with config", fix }];
  }
  const { config } = document;
  if (config !== null && config !== undefined && !isRecord(config)) {
    const fix = `Write the keys below it, such as ${configNamespace}:laneGroups.`;
    return [{ path: "config", got: `got ${kindInWords(config)}`, expected: "a map of config keys", fix }];
  }
  const outside = Object.keys(document).flatMap((key) => outsideProblems(key, document));
  const keys = Object.keys(asRecord(config));
  // A file without any key of ours would be taken for one without lanes.
  const isTheirs = !ofOurProject && keys.some((key) => key.startsWith(`${configNamespace}:`));
  return [...outside, ...keys.flatMap((key) => prefixProblems(key, isTheirs))];
}

/** Keys that nobody reads may hold anchors: only those are told that stand for one that is missing. */
function outsideProblems(key: string, document: Readonly<Record<string, unknown>>): Problem[] {
  if (pulumiKeys.includes(key)) return [];
  const bare = key.startsWith(`${configNamespace}:`) ? key.slice(configNamespace.length + 1) : key;
  const full = `${configNamespace}:${bare}`;
  if (isOwn(bare) && !Object.hasOwn(asRecord(document.config), full)) {
    const fix = `Write it below config, as ${full}.`;
    return [{ path: key, got: `${key} outside config`, expected: `${full} in config`, fix }];
  }
  const meant = closest(key, pulumiKeys);
  if (meant === undefined || Object.hasOwn(document, meant)) return [];
  const expected = pulumiKeys.join(", ");
  return [{ path: key, got: `unknown key ${quote(key)}`, expected, fix: `Did you mean ${meant}?` }];
}

/**
 * Pulumi puts the name of the project in front of a key without one, which the files' other readers do not know. In a project of
 * somebody else such a key is theirs.
 */
function prefixProblems(key: string, isTheirs: boolean): Problem[] {
  const [bare = "", prefix] = key.split(":", 2).reverse();
  if (!isOwn(bare) || prefix === configNamespace || (prefix === undefined && isTheirs)) return [];
  if (prefix !== undefined && closest(prefix, [configNamespace]) === undefined) return [];
  const full = `${configNamespace}:${bare}`;
  const got = `${bare} without ${configNamespace}: in front`;
  return [{ path: `config.${key}`, got, expected: full, fix: `Write ${full}.` }];
}

function isOwn(key: string): boolean {
  return Object.hasOwn(sections.shape, key) || key.startsWith(tlsKeyPrefix);
}
