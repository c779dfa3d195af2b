import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cataloguePage } from "../../components/lanes/health/catalogue-page";
import { stackFileJsonSchema } from "../../config/json-schema";
import { projectRoot } from "../../tools/paths";
import { failureTable } from "./alibaba-failures";
import { permissions } from "./alibaba-permissions";
import { componentPages } from "./components/pages";
import { configPage } from "./config-page";
import { withPart } from "./generated-part";
import { generatedPrograms } from "./programs/files";

/** Pages of docs/ that are made from code. Path from the project's folder -> its text. */
export const generatedPages: Readonly<Record<string, () => string>> = {
  "docs/alibaba.md": alibabaPage,
  "docs/config.md": () => configPage({ ...stackFileJsonSchema() }),
  "docs/findings.md": cataloguePage,
  ...generatedPrograms(),
  ...componentPages(),
};

/** Two parts of it; the rest is written by hand. */
function alibabaPage(): string {
  const page = readFileSync(join(projectRoot, "docs/alibaba.md"), "utf8");
  const withPolicies = withPart(page, "components/alibaba/policies.ts", permissions());
  return withPart(withPolicies, "tools/alibaba/failures.ts", failureTable());
}
