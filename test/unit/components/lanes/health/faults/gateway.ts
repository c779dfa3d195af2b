import type { FindingCode } from "../../../../../../components/lanes/health/catalogue";
import type { Severity } from "../../../../../../components/lanes/health/finding";
import { day, type FactsUnderTest, istio, now, remove, withTls } from "../fixtures";
import { all, chart, type Fault } from "./fault";

/** The Gateway and its TLS secret: ML050 to ML059. */
export const gatewayFaults: readonly Fault[] = [
  {
    code: "ML050",
    fault: "the Gateway is gone",
    make: (facts) => remove(facts, "Gateway", "ingressgateway"),
    lanes: all,
    service: "mocka",
    says: /no Gateway istio-system\/ingressgateway/,
  },
  {
    code: "ML051",
    fault: "the Gateway selects no pod",
    make: (facts) => {
      istio(facts, "Gateway", "ingressgateway").spec.selector = { istio: "ingress" };
    },
    lanes: all,
    service: "mocka",
    says: /selects istio=ingress, which no pod has/,
  },
  {
    code: "ML052",
    fault: "the Gateway serves other hosts",
    group: chart,
    make: (facts) => {
      istio(facts, "Gateway", "ingressgateway").spec.servers = [{ port: { number: 80 }, hosts: ["*.example.org"] }];
    },
    lanes: ["v1"],
    service: "live-chart",
    says: /serves \*\.example\.org, not chart\.example\.com/,
  },
  {
    code: "ML053",
    fault: "the Gateway's port is not on its Service",
    make: (facts) => {
      istio(facts, "Gateway", "ingressgateway").spec.servers = [{ port: { number: 30080 }, hosts: ["*"] }];
    },
    lanes: all,
    service: "mocka",
    says: /port 30080, which its Service istio-system\/istio-ingressgateway does not have \(it has 80, 443\)/,
  },
  ...(
    [
      ["ML054", "error", "is missing", (facts) => facts.secrets.splice(0), /cert of port 443 does not exist: TLS/],
      [
        "ML055",
        "error",
        "is in another namespace",
        (facts) => Object.assign(facts.secrets[0] ?? {}, { namespace: "default" }),
        /there is one in namespace default/,
      ],
      [
        "ML056",
        "error",
        "has other keys",
        (facts) => Object.assign(facts.secrets[0] ?? {}, { keys: ["crt", "pem"], certificate: undefined }),
        /lacks tls\.crt and tls\.key \(its keys: crt, pem\)/,
      ],
      [
        "ML057",
        "error",
        "has a certificate that has ended",
        (facts) => Object.assign(facts.secrets[0]?.certificate ?? {}, { notAfter: now - day }),
        /ended on 2026-05-31/,
      ],
      [
        "ML057",
        "error",
        "has a certificate that has not begun",
        (facts) => Object.assign(facts.secrets[0]?.certificate ?? {}, { notBefore: now + day }),
        /only begins on 2026-06-02/,
      ],
      [
        "ML057",
        "warning",
        "has a certificate that ends soon",
        (facts) => Object.assign(facts.secrets[0]?.certificate ?? {}, { notAfter: now + 3 * day }),
        /ends on 2026-06-04/,
      ],
      [
        "ML058",
        "error",
        "is for other hosts",
        (facts) => Object.assign(facts.secrets[0]?.certificate ?? {}, { hosts: ["*.a.example.com"] }),
        /is for \*\.a\.example\.com, not for chart\.example\.com/,
      ],
      [
        "ML059",
        "error",
        "has a key of another certificate",
        (facts) => Object.assign(facts.secrets[0]?.certificate ?? {}, { keyBelongs: false }),
        /its key does not belong to its certificate/,
      ],
      [
        "ML059",
        "error",
        "has a certificate that cannot be read",
        (facts) => Object.assign(facts.secrets[0] ?? {}, { certificate: undefined }),
        /its certificate cannot be read/,
      ],
    ] as [FindingCode, Severity, string, (facts: FactsUnderTest) => unknown, RegExp][]
  ).map(
    ([code, severity, what, make, says]): Fault => ({
      code,
      severity,
      fault: `the TLS secret ${what}`,
      group: chart,
      make: (facts) => {
        withTls(facts, "chart.example.com");
        make(facts);
      },
      lanes: ["v1"],
      service: "live-chart",
      says,
    }),
  ),
];
