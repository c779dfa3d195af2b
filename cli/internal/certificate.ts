import { makeSelfSigned } from "../../tools/tls/self-signed";
import type { Request } from "./requests";

/** A certificate for the program's gateway, as the properties of its resource. */
export async function certificateApply(request: Request<"certificate-apply">, now = new Date()) {
  const { name, hosts, days, authority, authorityKey } = request;
  const made = await makeSelfSigned(
    {
      ...{ name, hosts, days },
      ...(authority !== undefined &&
        authorityKey !== undefined && { authority: { certificate: authority, key: authorityKey } }),
    },
    now,
  );
  return {
    authority: made.authority.certificate,
    authorityKey: made.authority.key,
    certificate: made.server.certificate,
    key: made.server.key,
    renewAfter: made.renewAfter.toISOString(),
  };
}
