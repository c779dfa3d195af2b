import { publicComponents } from "../tools/api/components";
import { SchemaMaker } from "../tools/api/package-schema";
import { Sources } from "../tools/api/surface";
import { projectRoot } from "../tools/paths";
import { components } from "./components";
import { withKubeconfig } from "./kubeconfig";
import { leftOut } from "./left-out";
import { description, name, version } from "./package.json";

/** What the generators of SDKs are told. */
const languages = {
  nodejs: {},
  python: {},
  csharp: {},
  java: {},
  // Else there is no type of inputs for what lists and unions hold that are plain values: programs would not compile.
  go: { generateExtraInputTypes: true },
};

/** The schema of the package, out of the sources. */
export function makeSchema(): object {
  const sources = new Sources(projectRoot);
  const library = publicComponents(projectRoot, sources);
  const declared = Object.keys(components).map((component) => {
    const found = library.find(({ as }) => as === component) ?? sources.find("plugin/lanes.ts", component);
    if (!found) throw new Error(`no component ${component} in library/ or plugin/lanes.ts`);
    return found;
  });
  const { types, resources } = new SchemaMaker(name, sources, Object.keys(leftOut)).schemaOf(declared);
  return {
    name,
    version,
    description,
    types,
    resources: withKubeconfig(resources),
    language: Object.fromEntries(
      Object.entries(languages).map(([language, settings]) => [language, { respectSchemaVersion: true, ...settings }]),
    ),
  };
}
