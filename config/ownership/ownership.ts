import { z } from "zod";
import { name } from "../values";

/** Objects that the stack takes over although somebody else made them. */
export const adoptSchema = z
  .array(z.string())
  .default([])
  .meta({
    description: "a list of objects that exist and that this stack takes over: kind and namespace/name",
    examples: [["Deployment shop/web-v1"]],
  });

/** Namespaces that stay as they are. */
export const existingNamespacesSchema = z
  .array(name)
  .default([])
  .meta({
    description:
      "a list of namespaces that somebody else runs: the stack puts its workloads there and changes nothing else",
    examples: [["shop"]],
  });
