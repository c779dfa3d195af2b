import type { Input } from "@pulumi/pulumi";

/** A text, or the place in a Secret or ConfigMap of the namespace where it is. */
export type EnvValue =
  | Input<string>
  | {
      /** A key of a Secret. */
      readonly secretKeyRef: KeyOfObject;
    }
  | {
      /** A key of a ConfigMap. */
      readonly configMapKeyRef: KeyOfObject;
    };

interface KeyOfObject {
  /** Name of the Secret or ConfigMap. */
  readonly name: string;
  /** Key in it. */
  readonly key: string;
}
