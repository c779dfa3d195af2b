import { setTimeout as sleep } from "node:timers/promises";
import { createAuthority, issueCertificate, type KeyPair } from "../../../tools/embedded/pki";
import type { ApiServer } from "../others/api-server";

interface Certificate {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly generation: number };
  readonly spec: { readonly secretName: string; readonly dnsNames?: string[]; readonly ipAddresses?: string[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/**
 * What cert-manager does for a Certificate whose issuer can prove its names, on an API server with nothing behind it: the Secret, then
 * the condition Ready (https://cert-manager.io/docs/usage/certificate/). As there, the Secret stays when the Certificate goes.
 */
export class CertificateIssuer {
  private ended = false;
  private readonly working: Promise<void>;

  public constructor(
    private readonly server: ApiServer,
    everyMs = 3000,
  ) {
    this.working = this.work(everyMs);
  }

  public async stop(): Promise<void> {
    this.ended = true;
    await this.working;
  }

  private async work(everyMs: number): Promise<void> {
    const authority = await createAuthority("issuer of the tests", new Date());
    while (!this.ended) {
      // The API server may be busy: what is left is done in the next round.
      await this.issue(authority).catch((error) => process.stderr.write(`issuer: ${error}\n`));
      await sleep(everyMs);
    }
  }

  private async issue(authority: KeyPair): Promise<void> {
    const isThere = await this.server.kubectl(
      "get",
      "crds",
      "certificates.cert-manager.io",
      "--ignore-not-found",
      "-o",
      "name",
    );
    if (isThere === "") return;
    const text = await this.server.kubectl("get", "certificates.cert-manager.io", "--all-namespaces", "-o", "json");
    const { items }: { items: Certificate[] } = JSON.parse(text);
    for (const { metadata, spec, status } of items) {
      if (status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True")) continue;
      const { name, namespace, generation } = metadata;
      const { dnsNames: names = [], ipAddresses: addresses = [] } = spec;
      const request = { commonName: names[0] ?? name, usage: "server", names, addresses } as const;
      const { certificate, key } = await issueCertificate(authority, request, new Date());
      const secret = {
        ...{ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls" },
        metadata: { name: spec.secretName, namespace, annotations: { "cert-manager.io/certificate-name": name } },
        stringData: { "tls.crt": certificate, "tls.key": key },
      };
      await this.server.apply([secret], "cert-manager");
      const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, "Z");
      const ready = {
        type: "Ready",
        status: "True",
        reason: "Ready",
        observedGeneration: generation,
        lastTransitionTime,
      };
      const args = [`certificates.cert-manager.io/${name}`, "--namespace", namespace, "--subresource=status"];
      await this.server.kubectl(
        "patch",
        ...args,
        "--type=merge",
        `--patch={"status":{"conditions":[${JSON.stringify(ready)}]}}`,
      );
    }
  }
}
