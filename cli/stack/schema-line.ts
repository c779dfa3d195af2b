import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { stackSchemaFile } from "../../config/json-schema";
import { isCheckout, packageRoot } from "../../tools/paths";

/** Where this code runs. */
export interface Installed {
  readonly isCheckout: boolean;
  /** With the schema in it. */
  readonly packageRoot: string;
}

/**
 * The comment by which editors find the schema of a stack file. In a checkout the schema stands beside it; else it is in the npm
 * package.
 *
 * @param folder of the stack file.
 * @example document.commentBefore = schemaLine(folder)
 */
export function schemaLine(folder: string, here: Installed = { isCheckout, packageRoot }): string {
  return ` yaml-language-server: $schema=${schemaPath(folder, here)}`;
}

function schemaPath(folder: string, here: Installed): string {
  if (here.isCheckout) return `./${stackSchemaFile}`;
  // Some package managers have a link there, to a place that changes with the version.
  const usual = `./node_modules/mesh-lanes/${stackSchemaFile}`;
  if (existsSync(join(folder, usual))) return usual;
  return relative(folder, join(here.packageRoot, stackSchemaFile)).split(sep).join("/");
}
