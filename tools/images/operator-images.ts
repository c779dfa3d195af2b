import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { projectRoot } from "../paths";
import { operatorSources } from "../toolchain/bundles";
import { sourcesHash } from "../toolchain/cache-key";
import type { OperatorFiles } from "../toolchain/toolchain";
import { type AppImageRef, appImage } from "./app-image";
import { cachedLayer, fileLayer, imagesFolder, type Layer, storeLayer } from "./layers";
import type { Image } from "./oci";

/** Images that are made of the tool chain's OpenTelemetry operator: the operator, and what it injects into Node.js apps. */
export const operatorImageNames = ["opentelemetry-operator", "opentelemetry-nodejs"] as const;
export type OperatorImageName = (typeof operatorImageNames)[number];

export function isOperatorImage(name: string): name is OperatorImageName {
  return (operatorImageNames as readonly string[]).includes(name);
}

/** The image of an app or of the operator, named by its sources. @throws UserError when there is neither. */
export function imageRef(name: string, root = projectRoot): AppImageRef {
  if (!isOperatorImage(name)) return appImage(name, root);
  const hash = sourcesHash(join(root, "tools"), operatorSources).slice(0, 12);
  return { app: name, ref: `docker.io/mesh-lanes/${name}:${hash}`, hash };
}

/** The images of the operator, for those names. */
export async function operatorRecipes(
  base: Layer,
  names: readonly OperatorImageName[],
  files: OperatorFiles,
  root = projectRoot,
  folder = imagesFolder(),
): Promise<Image[]> {
  return Promise.all(
    names.map(async (name): Promise<Image> => {
      const { ref, hash } = imageRef(name, root);
      switch (name) {
        case "opentelemetry-operator": {
          const manager = await fileLayer([{ path: "manager", mode: 0o755, source: files.binary }], folder);
          return { ref, layers: [base, manager], config: { User: "65532:65532", Entrypoint: ["/manager"] } };
        }
        case "opentelemetry-nodejs": {
          const layer = await nodejsLayer(`${name}-${hash}`, files.nodejsLayer, folder);
          // The operator gives the command of the init container: `cp` of /autoinstrumentation.
          return { ref, layers: [base, layer], config: { User: "65532:65532", Entrypoint: ["/bin/true"] } };
        }
        default: {
          const never: never = name;
          return never;
        }
      }
    }),
  );
}

async function nodejsLayer(key: string, file: string, folder: string): Promise<Layer> {
  return cachedLayer(key, folder) ?? storeLayer(key, folder, (output) => pipeline(createReadStream(file), output));
}
