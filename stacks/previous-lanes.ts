import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/** Lane group -> names of its lanes. */
export type PreviousLanes = Readonly<Record<string, readonly string[]>>;

/** What is needed of the output `lanes`: the tables of the groups. */
const tables = z.record(z.string(), z.object({ lanes: z.array(z.object({ lane: z.string() })) }));

/**
 * The lanes that this stack's last finished update left, from its own output `lanes`. Empty for a new stack. After an update
 * that failed they are still those from before it, so that the next one keeps its order.
 */
export async function previousLanes(): Promise<PreviousLanes> {
  const self = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { value } = await new pulumi.StackReference(self).getOutputDetails("lanes");
  return lanesOfTables(value);
}

/** @param output the value of the output `lanes`; anything else is no lanes. */
export function lanesOfTables(output: unknown): PreviousLanes {
  const { data = {} } = tables.safeParse(output);
  return Object.fromEntries(Object.entries(data).map(([group, { lanes }]) => [group, lanes.map(({ lane }) => lane)]));
}
