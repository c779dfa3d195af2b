import { PolicyPack, type ResourceValidationPolicy, type StackValidationPolicy } from "@pulumi/policy";
import { resourcePolicies, stackPolicies } from "./policies";
import { isProduction, type ProductionSettings, productionSchema } from "./production";

const ofResources = resourcePolicies.map(
  ({ name, description, rule }): ResourceValidationPolicy => ({
    name,
    description,
    configSchema: productionSchema,
    validateResource: ({ type, urn, props, getConfig }, report) => {
      const production = isProduction(urn, getConfig<ProductionSettings>());
      for (const message of rule({ type, urn, props }, { production })) report(message);
    },
  }),
);

const ofStack = stackPolicies.map(
  ({ name, description, rule }): StackValidationPolicy => ({
    name,
    description,
    validateStack: ({ resources }, report) => {
      for (const { urn, message } of rule(resources)) report(message, urn);
    },
  }),
);

// The pack is served by its constructor.
new PolicyPack("mesh-lanes", { enforcementLevel: "mandatory", policies: [...ofResources, ...ofStack] });
