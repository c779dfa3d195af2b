import type { Problem } from "../../tools/user-error";
import { isRecord } from "../../tools/values";
import { didYouMean } from "../lanes/suggest";
import { podFields } from "./pod-fields";

/** Every field in a PodSpec that Kubernetes does not have, or that has another shape there. What is no plain value is not looked at. */
export function podShapeProblems(path: string, spec: unknown): Problem[] {
  return isRecord(spec) ? fieldProblems(path, spec, "PodSpec") : [];
}

function fieldProblems(path: string, value: Readonly<Record<string, unknown>>, type: string): Problem[] {
  const fields = podFields()[type] ?? {};
  return Object.entries(value).flatMap(([name, content]): Problem[] => {
    const at = `${path}.${name}`;
    const kind = fields[name];
    if (kind === undefined) {
      const fix = didYouMean(name, Object.keys(fields), "Remove it.");
      return [
        { path: at, got: `unknown key ${JSON.stringify(name)}`, expected: `a field of Kubernetes' ${type}`, fix },
      ];
    }
    // Null takes the field away.
    if (content === null || content === undefined) return [];
    const of = kind.replace("[]", "");
    if (!kind.endsWith("[]")) return of === "" ? [] : partProblems(at, content, of);
    if (!Array.isArray(content)) return [shapeProblem(at, content, of === "" ? "a list" : `a list of ${of}`)];
    return of === "" ? [] : content.flatMap((item, index) => partProblems(`${at}[${index}]`, item, of));
  });
}

function partProblems(path: string, value: unknown, type: string): Problem[] {
  return isRecord(value)
    ? fieldProblems(path, value, type)
    : [shapeProblem(path, value, `a map with fields of ${type}`)];
}

function shapeProblem(path: string, value: unknown, expected: string): Problem {
  return { path, got: `got ${JSON.stringify(value)}`, expected, fix: `Write ${expected}.` };
}
