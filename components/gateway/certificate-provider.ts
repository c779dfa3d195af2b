import type { dynamic } from "@pulumi/pulumi";
import { type RunVerb, runInternalVerb, verbRunner } from "../cluster/process-provider";

/**
 * The CRUD functions of a {@link SelfSignedCertificate}. A process makes keys and certificates; only whether they must
 * be renewed is judged here, so that a preview starts no process for it.
 *
 * Like `createProcessProvider`, it uses nothing from outside but its argument: its text is kept in the state.
 */
export function createCertificateProvider(run: RunVerb): dynamic.ResourceProvider {
  type Props = Record<string, unknown>;
  const request = ({ name, hosts, days }: Props): Props => ({ name, hosts, days });
  return {
    create: async (news: Props) => ({
      id: String(news.name),
      outs: { ...news, ...(await run("certificate-apply", request(news))) },
    }),
    update: async (_id: string, { authority, authorityKey }: Props, news: Props) => ({
      outs: { ...news, ...(await run("certificate-apply", { ...request(news), authority, authorityKey })) },
    }),
    async diff(_id: string, olds: Props, news: Props) {
      const changed = JSON.stringify(request(olds)) !== JSON.stringify(request(news));
      return { changes: changed || Date.now() >= Date.parse(String(olds.renewAfter)) };
    },
    read: async (id: string, props: Props) => ({ id, props }),
    // Nothing is left of it but the state.
    delete: async () => {},
  };
}

/** The module text that Pulumi's dynamic provider process loads; see `processProviderText`. */
export function certificateProviderText(): string {
  return [
    createCertificateProvider.toString(),
    runInternalVerb.toString(),
    `exports.handler = () => ${createCertificateProvider.name}(${verbRunner()});`,
    "",
  ].join("\n");
}
