import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../tools/values";

/** Marks an object of Pulumi's protocol as something else than itself; what follows says what, here a secret. */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";

/** A property as the engine sends it, without its mark as a secret. */
export function revealed(value: unknown): unknown {
  return isRecord(value) && value[signature] === secret ? value.value : value;
}

/** An input of a component as a plain value, with what it was besides. */
export interface Plain {
  readonly value: unknown;
  /** Paths of what a preview does not know yet. */
  readonly unknown: readonly string[];
  /** Whether any of it is a secret. */
  readonly secret: boolean;
}

/** @param path of the input, for `unknown`. */
export async function plain(input: unknown, path: string): Promise<Plain> {
  if (pulumi.Output.isInstance(input)) {
    // Pulumi's types do not have these promises. What is not known is never applied.
    const { isKnown, isSecret } = input as unknown as Record<"isKnown" | "isSecret", Promise<boolean>>;
    const [known, hidden] = await Promise.all([isKnown, isSecret]);
    if (!known) return { value: undefined, unknown: [path], secret: hidden };
    const inner = await plain(await new Promise((resolve) => void input.apply(resolve)), path);
    return { ...inner, secret: hidden || inner.secret };
  }
  // The engine's word for what is not known, as Pulumi's library reads it: nothing else is undefined.
  if (input === undefined) return { value: undefined, unknown: [path], secret: false };
  if (Array.isArray(input)) {
    const items = await Promise.all(input.map((item, index) => plain(item, `${path}[${index}]`)));
    return together(
      items.map(({ value }) => value),
      items,
    );
  }
  if (!isRecord(input)) return { value: input, unknown: [], secret: false };
  const entries = Object.entries(input);
  const items = await Promise.all(entries.map(([key, item]) => plain(item, `${path}.${key}`)));
  return together(Object.fromEntries(entries.map(([key], index) => [key, items[index]?.value])), items);
}

/** A value of several parts. */
export function together(value: unknown, parts: readonly Plain[]): Plain {
  return { value, unknown: parts.flatMap(({ unknown }) => unknown), secret: parts.some((part) => part.secret) };
}
