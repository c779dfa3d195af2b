import { cataloguePage } from "../../components/lanes/health/catalogue-page";

/** Pages of docs/ that are made from code. Path from the project's folder -> its text. */
export const generatedPages: Readonly<Record<string, () => string>> = {
  "docs/findings.md": cataloguePage,
};
