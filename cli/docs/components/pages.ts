import { readFileSync } from "node:fs";
import { join } from "node:path";
import schema from "../../../plugin/schema.json";
import { publicComponents } from "../../../tools/api/components";
import { Sources } from "../../../tools/api/surface";
import { projectRoot } from "../../../tools/paths";
import { pageOf } from "./files";
import { lanesPage } from "./lanes-page";
import { componentPage } from "./page";

/** A page for each component: path from the project's folder -> its text. */
export function componentPages(): Readonly<Record<string, () => string>> {
  const sources = new Sources(projectRoot);
  const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");
  return {
    ...Object.fromEntries(
      publicComponents(projectRoot, sources).map((component) => [
        pageOf(component.as),
        () => componentPage(component, { sources, read }),
      ]),
    ),
    [pageOf("Lanes")]: () => lanesPage(schema, read),
  };
}
