import { isLaneGroupInput } from "../lanes/spec";

/*
 * What a lane group can say, asked of its own schema: a proposal never has a key that the config check would refuse, and uses
 * one from the day it exists.
 */

const service = { name: "a", port: 80, versions: ["v1"] };
const group = {
  name: "a",
  mode: "permissive",
  services: [service],
  entry: { service: "a", gateway: "a/a" },
  lanes: [{ name: "v1" }],
};

/** Whether a service may be in another namespace than its group. */
export const canNameNamespaces = isLaneGroupInput({ ...group, services: [{ ...service, namespace: "b" }] });
