import { join } from "node:path";
import { valueAt } from "../../components/lanes/zod-walk";
import { isRecord } from "../../tools/values";
import { checkStackConfig, readStackConfigFile, stackConfigIn, type WholeStackConfig, withIncludes } from "../read";
import { configNamespace, type StackConfig } from "../stack";
import { readText } from "../text";
import { readYaml } from "../yaml";
import type { Edit, EditPath } from "./edit";
import { editYaml } from "./text";

/** A file of a stack's config. */
export interface ConfigFile {
  /** As messages name it: `Pulumi.dev.yaml`, or as the config includes it. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** The files of a stack's config: its own, then those that it includes. */
export type ConfigFiles = readonly [own: ConfigFile, ...included: ConfigFile[]];

/** Lists that included files append to, of which commands edit items. */
export type EditedSection = "laneGroups" | "workloads";

/** Where an item of a list is written. */
interface Place {
  readonly file: ConfigFile;
  readonly path: EditPath;
}

/** A stack's config with the texts that it was read from. */
export interface StackFiles {
  readonly config: StackConfig;
  readonly files: ConfigFiles;
}

/**
 * Reads a stack's config to edit it.
 *
 * @param folder of the project: the stack's file is in it, and the paths of included files begin there.
 * @throws UserError with every problem of the config.
 */
export function readStackFiles(stack: string, folder: string): StackFiles {
  const own = `Pulumi.${stack}.yaml`;
  const whole = withIncludes(readStackConfigFile(join(folder, own)), folder);
  const config = checkStackConfig(whole);
  const read = (name: string): ConfigFile => {
    const path = join(folder, name);
    return { name, path, text: readText(path) };
  };
  return { config, files: [read(own), ...whole.files.map(({ path }) => read(path))] };
}

/** The config that edited files make. @throws UserError with every problem of it. */
export function configOf([own, ...included]: ConfigFiles, folder: string): StackConfig {
  const text = (path: string) => included.find((file) => file.path === path)?.text ?? readText(path);
  const whole: WholeStackConfig = withIncludes(stackConfigIn(readYaml(own.text)), folder, text);
  return checkStackConfig(whole);
}

/** Items of a section as they are written, encrypted values too, in the order of the config. */
export function writtenItems(files: readonly ConfigFile[], section: EditedSection): readonly unknown[] {
  return placesOf(files, section).map(({ file, path }) => valueAt(readYaml(file.text).document, path));
}

/**
 * Files after edits.
 *
 * @param edits their paths begin with a section and the index in it, whatever file it is in: `laneGroups`, 2, `baseline`.
 * @returns those that changed.
 */
export function editFiles(files: readonly ConfigFile[], edits: readonly Edit[]): ConfigFile[] {
  const places = { laneGroups: placesOf(files, "laneGroups"), workloads: placesOf(files, "workloads") };
  const located = edits.map((edit) => {
    const [section, index, ...rest] = edit.path;
    const place = (section === "laneGroups" || section === "workloads") && places[section][Number(index)];
    if (!place) throw new Error(`no file has ${edit.path.join(".")}`);
    return { file: place.file, edit: { ...edit, path: [...place.path, ...rest] } };
  });
  return files.flatMap((file) => {
    const own = located.filter((each) => each.file === file).map(({ edit }) => edit);
    const text = own.length > 0 ? editYaml(file.name, file.text, own) : file.text;
    return text === file.text ? [] : [{ ...file, text }];
  });
}

function placesOf(files: readonly ConfigFile[], section: EditedSection): Place[] {
  return files.flatMap((file, index) => {
    const { document } = readYaml(file.text);
    const top: EditPath = index === 0 ? ["config", `${configNamespace}:${section}`] : [section];
    const list = isRecord(document) ? valueAt(document, top) : undefined;
    return Array.isArray(list) ? list.map((_item, at) => ({ file, path: [...top, at] })) : [];
  });
}
