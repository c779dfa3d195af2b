import type { LaneGroupInput } from "../../../components/lanes/spec";
import type { ConsumerFolder } from "./consumer";

/** A lane of the program, with its share of the requests that name no lane. */
export interface Lane {
  readonly name: string;
  readonly weight: number;
}

/** A program in one language, in a folder in which the npm package is installed. */
export interface Language {
  readonly name: string;
  /** Makes the folder ready. @returns what the program needs in front of PATH. */
  prepare(folder: ConsumerFolder): Promise<readonly string[]>;
  /** Writes a program that has these lanes. */
  write(folder: ConsumerFolder, lanes: readonly Lane[]): void;
}

/** What the program's group has besides its lanes, in every language. */
export const group = {
  mode: "permissive",
  versionLabel: "ASM_TRAFFIC_TAG",
  services: ["mocka", "mockb", "mockc"].map((name) => ({ name, port: 8000, versions: ["v1", "v2", "v3"] })),
  entry: { service: "mocka", gateway: "istio-system/ingressgateway", header: "version" },
  routeHeader: "version",
  baseline: "v1",
  // Else the mesh sends requests again that failed, and nobody would see that they did.
  policy: { retries: { attempts: 0 } },
} satisfies Omit<LaneGroupInput, "name" | "lanes">;
