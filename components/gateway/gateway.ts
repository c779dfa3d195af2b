import type * as pulumi from "@pulumi/pulumi";

/** What each kind of ingress gateway gives to the rest of a program. */
export interface Gateway extends pulumi.ComponentResource {
  /** Labels of the gateway's pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** Service account of the pods, or `anyAccount` where only their namespace is known. */
  readonly account: string;
  /** `namespace/name/port` -> URL, for every port of every `Gateway`. */
  readonly urls: pulumi.Output<Record<string, string>>;
  /** URL of the gateway's own first port. */
  readonly url: pulumi.Output<string>;
  /** The `Gateway` objects, its own first. Routes of this gateway depend on them. */
  readonly listeners: readonly pulumi.Resource[];
}
