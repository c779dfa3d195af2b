import { asRecord } from "../../tools/values";
import { isIstio, list, objectName, type ResourceRule, text } from "../resource";

/** Protocols of a server that carry requests over TLS; see the field `protocol` of Istio's Gateway. */
const secure = new Set(["HTTPS", "TLS"]);

/** In production no gateway takes requests in plain text, but to send them on to HTTPS. */
export const gatewayTls: ResourceRule = (resource, { production }) => {
  if (!production || !isIstio(resource, "Gateway")) return [];
  return list(asRecord(resource.props.spec).servers).flatMap((server) => {
    const { port, tls } = asRecord(server);
    const { protocol, number, name } = asRecord(port);
    // A server of protocol HTTP2 or GRPC may have TLS as well.
    const { httpsRedirect, mode } = asRecord(tls);
    if (secure.has(text(protocol).toUpperCase()) || httpsRedirect === true || mode !== undefined) return [];
    return [
      `Gateway ${objectName(resource)} takes plain ${text(protocol, "text")} on port ${text(number)} (${text(name)}). ` +
        "Serve it by HTTPS with a credentialName, and set redirect: true on the HTTP port.",
    ];
  });
};
