import type { Input } from "@pulumi/pulumi";

/** A TLS secret that the gateway's ports name as `credentialName`. */
export interface TlsSecret {
  /** Name of the Secret. @example "myexample-credential" */
  readonly secret: string;
  /** DNS names, `*.name` or IP addresses that the certificate is for. */
  readonly hosts: readonly Input<string>[];
  /** Where the certificate comes from. */
  readonly source: TlsSource;
}

export type TlsSource =
  /** An authority and a certificate of our own, for local use. */
  | {
      readonly kind: "selfSigned";
      /** How many days a certificate lasts. */
      readonly days: number;
    }
  /** A certificate made elsewhere. */
  | {
      readonly kind: "pem";
      /** PEM of the certificate, with its chain. */
      readonly certificate: Input<string>;
      /** PEM of its key, a secret. @default undefined where a stack's config cannot be decrypted: only the program has it */
      readonly key?: Input<string>;
    }
  /**
   * A `Certificate` of cert-manager, which somebody else installs. The first update of a stack leaves it out, with a warning, where
   * cert-manager is not in the cluster; later ones refuse that.
   */
  | {
      readonly kind: "certManager";
      /** Who issues it. */
      readonly issuer: CertificateIssuer;
    };

/** An issuer of cert-manager. One of kind `Issuer` is in the namespace of the gateway's pods. */
export interface CertificateIssuer {
  /** Name of the issuer. */
  readonly name: string;
  /** `Issuer` is in one namespace, `ClusterIssuer` for all. */
  readonly kind: "Issuer" | "ClusterIssuer";
}
