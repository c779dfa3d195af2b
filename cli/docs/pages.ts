import { cataloguePage } from "../../components/lanes/health/catalogue-page";
import { stackFileJsonSchema } from "../../config/json-schema";
import { componentPages } from "./components/pages";
import { configPage } from "./config-page";

/** Pages of docs/ that are made from code. Path from the project's folder -> its text. */
export const generatedPages: Readonly<Record<string, () => string>> = {
  "docs/config.md": () => configPage({ ...stackFileJsonSchema() }),
  "docs/findings.md": cataloguePage,
  ...componentPages(),
};
