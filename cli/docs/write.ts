import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../../tools/paths";
import { generatedPages } from "./pages";

/** `npm run docs`: writes every page that is made from code. Unit tests fail while one of them is not up to date. */
export function main(): void {
  for (const [path, page] of Object.entries(generatedPages)) {
    mkdirSync(dirname(join(projectRoot, path)), { recursive: true });
    writeFileSync(join(projectRoot, path), page());
    process.stdout.write(`${path}\n`);
  }
}
