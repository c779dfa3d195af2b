import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../tools/values";

/** Marks an object of Pulumi's protocol as something else than itself; what follows says what, here a secret. */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";

/** A property as the engine sends it, without its mark as a secret. */
export function revealed(value: unknown): unknown {
  return isRecord(value) && value[signature] === secret ? value.value : value;
}

/** Resolves with the value of an input, or with undefined where a preview does not know it yet. */
export function known<T>(input: pulumi.Input<T>): Promise<pulumi.Unwrap<T> | undefined> {
  const output = pulumi.output(input);
  // Pulumi's types do not have this promise.
  const { isKnown } = output as unknown as { readonly isKnown: Promise<boolean> };
  return new Promise((resolve, reject) => {
    output.apply(resolve);
    isKnown.then((yes) => yes || resolve(undefined), reject);
  });
}
