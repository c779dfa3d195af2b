import { parse } from "yaml";
import { z } from "zod";

const resource = z.object({
  type: z.string(),
  properties: z.record(z.string(), z.unknown()).default({}),
  options: z
    .object({ providers: z.array(z.string()).default([]), dependsOn: z.array(z.string()).default([]) })
    .default({ providers: [], dependsOn: [] }),
});
const program = z.object({
  name: z.string(),
  resources: z.record(z.string(), resource),
  outputs: z.record(z.string(), z.string()).default({}),
});

/** A resource of an example. */
export type ExampleResource = z.infer<typeof resource>;

/** An example in YAML, as far as examples go: one secret `kubeconfig` in the config, references as whole texts. */
export interface ExampleProgram extends z.infer<typeof program> {
  /** What its first line says. */
  readonly title: string;
}

/** @param text of a Pulumi.yaml. */
export function readProgram(text: string): ExampleProgram {
  return { ...program.parse(parse(text)), title: /^# (.+)$/m.exec(text)?.[1] ?? "" };
}

/** `${gateway.url}` -> `["gateway", "url"]`; undefined: a text as any other. */
export function referenceIn(value: unknown): readonly string[] | undefined {
  return typeof value === "string" ? /^\$\{([\w.]+)\}$/.exec(value)?.[1]?.split(".") : undefined;
}

/** The name of a type or component: `mesh-lanes:index:Workload` -> `Workload`. */
export function lastOf(token: string): string {
  return token.split(/[:/]/).at(-1) ?? token;
}
