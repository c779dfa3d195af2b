import type { StrayFact } from "../../../../../../components/lanes/health/facts";
import { type FactsUnderTest, pod, service } from "../fixtures";
import { type Fault, scoped } from "./fault";

/** A call of a pod that got past the routes. */
export function stray(facts: FactsUnderTest, name: string, call: Omit<StrayFact, "namespace" | "pod">): void {
  facts.accessLogs.strays.push({ namespace: "default", pod: pod(facts, name).name, ...call });
}

const clusterIp = (facts: FactsUnderTest, name: string, port = 8000) => `${service(facts, name).addresses[0]}:${port}`;

/** Calls that get past the routes: ML013 to ML015. */
export const strayFaults: readonly Fault[] = [
  {
    code: "ML013",
    severity: "warning",
    fault: "a hop sends its caller's Host on",
    make: (facts) => {
      const call = { authority: "shop.example.com", destination: clusterIp(facts, "mockc") };
      // Once for each call that it made.
      for (const each of [call, call]) stray(facts, "mockb-v2", each);
    },
    lanes: ["s2"],
    service: "mockb",
    says: /^mockb-v2-x of mockb calls mockc with Host shop\.example\.com; no route of mockc has it, so the call is in no lane\.$/,
    fix: /nginx `proxy_set_header Host \$proxy_host`\. Calls of the last 10 minutes count\.$/,
  },
  {
    code: "ML013",
    severity: "warning",
    fault: "several pods do",
    make: (facts) => {
      for (const name of ["mockb-v1", "mockb-v3"]) {
        stray(facts, name, { authority: "shop", destination: clusterIp(facts, "mockc") });
      }
    },
    lanes: ["s1", "s3"],
    service: "mockb",
    says: /^mockb-v1-x and mockb-v3-x of mockb call mockc with Host shop;/,
  },
  {
    code: "ML013",
    severity: "warning",
    fault: "a pod in no lane does",
    make: (facts) => {
      const labels = { ...pod(facts, "mockb-v1").labels, version: "v9", ASM_TRAFFIC_TAG: "v9" };
      const { owner: _none, ...bare } = pod(facts, "mockb-v1");
      facts.pods.push({ ...bare, name: "mockb-v9-x", labels, appVersion: "v9" });
      facts.controlPlane.connected.push("mockb-v9-x.default");
      stray(facts, "mockb-v9", { authority: "shop", destination: clusterIp(facts, "mockc") });
    },
    lanes: [],
    service: "mockb",
    says: /^mockb-v9-x of mockb calls mockc with Host shop;/,
  },
  {
    code: "ML013",
    severity: "warning",
    fault: "the scope leaves out a service that is called",
    group: scoped,
    make: (facts) =>
      stray(facts, "mocka-v2", { authority: "mockc.default:8000", destination: clusterIp(facts, "mockc") }),
    lanes: ["s2"],
    service: "mocka",
    says: /^mocka-v2-x of mocka calls mockc with Host mockc\.default:8000;/,
    fix: /^Add mockc to `calls` of mocka/,
  },
  {
    code: "ML014",
    severity: "warning",
    fault: "a hop calls a pod by its address",
    make: (facts) => {
      const authority = `${pod(facts, "mockc-v1").addresses[0]}:8000`;
      stray(facts, "mockb-v2", { authority, destination: authority });
    },
    lanes: ["s2"],
    service: "mockb",
    says: /^mockb-v2-x of mockb calls mockc as 10\.244\.0\.\d+:8000; no route of mockc has it/,
    fix: /^Call the Service by its name\./,
  },
  {
    code: "ML014",
    severity: "warning",
    fault: "it does by IPv6, at another port of its pods",
    make: (facts) => {
      Object.assign(service(facts, "mockc").ports[0] ?? {}, { targetPort: 8080 });
      pod(facts, "mockc-v1").addresses.push("fd00::7");
      stray(facts, "mockb-v2", { authority: "[fd00::7]:8080", destination: "[fd00::7]:8080" });
    },
    lanes: ["s2"],
    service: "mockb",
    says: /calls mockc as \[fd00::7\]:8080;/,
  },
  {
    code: "ML014",
    severity: "warning",
    fault: "the log does not tell the address, and the Host is one",
    make: (facts) => stray(facts, "mockb-v2", { authority: clusterIp(facts, "mockc") }),
    lanes: ["s2"],
    service: "mockb",
    says: /calls mockc as 10\.96\.0\.\d+:8000;/,
  },
  {
    code: "ML015",
    severity: "note",
    fault: "the account may not read logs",
    make: (facts) => facts.accessLogs.problems.push("namespace default: pods is forbidden"),
    lanes: [],
    says: /is not known: namespace default: pods is forbidden\.$/,
    fix: /`pods\/log`/,
  },
];
