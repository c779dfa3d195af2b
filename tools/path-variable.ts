import { delimiter } from "node:path";

/** The variable PATH with one folder in front: programs in it win over all others of their name. */
export function pathWith(folder: string, env: NodeJS.ProcessEnv = process.env): string {
  return env.PATH ? `${folder}${delimiter}${env.PATH}` : folder;
}
