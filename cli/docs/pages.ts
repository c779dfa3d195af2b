import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cataloguePage } from "../../components/lanes/health/catalogue-page";
import { stackFileJsonSchema } from "../../config/json-schema";
import { projectRoot } from "../../tools/paths";
import { withPermissions } from "./alibaba-permissions";
import { componentPages } from "./components/pages";
import { configPage } from "./config-page";

/** Pages of docs/ that are made from code. Path from the project's folder -> its text. */
export const generatedPages: Readonly<Record<string, () => string>> = {
  // A part of it: the rest is written by hand.
  "docs/alibaba.md": () => withPermissions(readFileSync(join(projectRoot, "docs/alibaba.md"), "utf8")),
  "docs/config.md": () => configPage({ ...stackFileJsonSchema() }),
  "docs/findings.md": cataloguePage,
  ...componentPages(),
};
