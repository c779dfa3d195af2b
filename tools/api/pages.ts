import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { apiReport } from "./report";

/** One page for each entry point of the package. */
export interface ApiPage {
  /** From the root. */
  readonly path: string;
  readonly text: string;
}

/** What the package exports, as it is committed under docs/api. */
export function apiPages(root: string): ApiPage[] {
  return readdirSync(join(root, "library"))
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => {
      const name = ["mesh-lanes", ...(file === "index.ts" ? [] : [basename(file, ".ts")])].join("/");
      const text = [
        `# What \`${name}\` exports`,
        "",
        "Written by `npm run api`; a test compares it with the sources. A change of it is a change for programs that use the package: it",
        "belongs into [CHANGELOG.md](../../CHANGELOG.md), with a note for those who must change something.",
        "",
        "```ts",
        apiReport(root, `library/${file}`),
        "```",
        "",
      ].join("\n");
      return { path: `docs/api/${name.replace("/", "-")}.api.md`, text };
    });
}
