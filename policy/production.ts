import type { PolicyConfigSchema } from "@pulumi/policy";

/** Config of the policies that hold in production only. */
export interface ProductionSettings {
  /** Names of the stacks that are production. */
  readonly productionStacks: readonly string[];
}

export const productionSchema: PolicyConfigSchema = {
  properties: {
    productionStacks: { type: "array", items: { type: "string" }, default: ["prod", "production"] },
  },
};

/** Whether the resource belongs to such a stack: its URN says `urn:pulumi:<stack>::<project>::...`. */
export function isProduction(urn: string, { productionStacks }: ProductionSettings): boolean {
  const [, stack = ""] = /^urn:pulumi:(.*?)::/.exec(urn) ?? [];
  return productionStacks.includes(stack);
}
