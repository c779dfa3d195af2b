import assert from "node:assert/strict";
import { stackValues } from "../../../../cli/import/stack-values";
import type { ImportOptions } from "../../../../components/import/options";
import type { Proposal } from "../../../../components/import/proposal";
import { explain } from "../../../../components/lanes/explain";
import { renderIstio } from "../../../../components/lanes/istio/render";
import { laneRequest } from "../../../../components/lanes/lane-request";
import { planLaneGroup } from "../../../../components/lanes/plan";
import type { LaneGroup, LaneGroupInput } from "../../../../components/lanes/spec";
import { parseStackConfig } from "../../../../config/parse";
import { type SystemGraph, type SystemName, systemGraph, systemNames } from "../../../systems/graph";
import { knownCalls, knownProtocols, propose } from "../../../systems/imported";
import { standInManifests } from "../../../systems/manifests";

interface Expected {
  readonly options?: ImportOptions;
  readonly entry: string;
  /** Number of services in the lane group. */
  readonly services: number;
  /** Services of HTTP or gRPC that are left out, and what the reason says. */
  readonly refused?: Readonly<Record<string, RegExp>>;
  readonly says?: readonly RegExp[];
  /** Number of routes of the entry to other services. */
  readonly routes?: number;
}

const telemetry = /telemetry/;
const consul = /Consul, and nothing calls it by its Service/;

const expected: Readonly<Record<SystemName, Expected>> = {
  bookinfo: { entry: "productpage", services: 4, says: [/VirtualService default\/entry has 5 paths/] },
  "hotel-reservation": {
    options: { entry: "frontend" },
    entry: "frontend",
    services: 1,
    refused: {
      ...Object.fromEntries(
        ["geo", "profile", "rate", "recommendation", "reservation", "search", "user"].map((name) => [name, consul]),
      ),
      consul: /port 8300 .*is Consul/,
      jaeger: telemetry,
    },
  },
  "hotrod-signadot": {
    entry: "frontend",
    services: 3,
    refused: { jaeger: telemetry },
    says: [
      /Deployment hotrod\/driver: it calls route, and no Service leads to it; what it gets from kafka-headless are messages/,
      /VirtualService hotrod\/route: it routes calls to route already/,
    ],
  },
  "online-boutique": {
    entry: "frontend",
    services: 10,
    refused: { "frontend-external": /it selects pods of frontend/ },
    says: [/Deployment default\/loadgenerator: it calls frontend, and no Service leads to it/],
  },
  "otel-demo": {
    options: { entry: "frontend-proxy" },
    entry: "frontend-proxy",
    services: 21,
    refused: {
      "otel-collector": telemetry,
      jaeger: telemetry,
      "opensearch-headless": /OpenSearch/,
      opensearch: /OpenSearch/,
    },
    says: [/appProtocol: only --protocol says what is spoken on .*frontend-proxy:8080/, /further ports: .*ad:9465/],
  },
  "petclinic-cloud": {
    entry: "api-gateway",
    services: 4,
    refused: { "wavefront-proxy": telemetry },
    says: [/Did you mean visits-service\?/, /no pod says that it reads it/],
  },
  "robot-shop": {
    entry: "web",
    services: 7,
    refused: { rabbitmq: /AMQP/ },
    says: [/VirtualService robot-shop\/payment: it routes calls to payment already \(production 99 %, canary 1 %\)/],
  },
  "sock-shop": {
    entry: "front-end",
    services: 8,
    refused: { rabbitmq: /AMQP/ },
    says: [/Istio looks at the first bytes/],
  },
  "train-ticket": {
    entry: "ts-ui-dashboard",
    services: 42,
    says: [
      // Its rule for kafka takes every path, and another comes behind it.
      /http\[37\]: it leads nowhere that lanes know/,
      /http\[38\]: it leads to ts-admin-user-service, and it is never reached/,
    ],
    routes: 36,
  },
};

function imported(graph: SystemGraph): Proposal {
  const options = { calls: knownCalls(graph), protocols: knownProtocols(graph), ...expected[graph.name].options };
  return propose(standInManifests(graph), options);
}

/** As the stack's own check makes it. */
function checked(proposal: Proposal, group: LaneGroupInput = proposal.group): LaneGroup {
  const values = stackValues({ ...proposal, group }, { kubeconfig: "kubeconfig.yaml", context: "admin" }, []);
  const [parsed] = parseStackConfig(values).laneGroups;
  assert.ok(parsed);
  return parsed;
}

const told = ({ findings }: Proposal) =>
  findings.map(({ path, got, expected: wanted, fix }) => `${path}: ${got}; ${wanted}; ${fix}`).join("\n");

/** The reason for which a service is left out. */
function reason({ findings }: Proposal, name: string): string | undefined {
  const isAbout = (path: string) => path.split(", ").some((each) => each.endsWith(`/${name}`));
  return findings.find(({ kind, path }) => kind === "left out" && isAbout(path))?.got;
}

for (const name of systemNames) {
  describe(`${name}, imported`, () => {
    const graph = systemGraph(name);
    const { entry, services, refused = {}, says = [], routes = 0 } = expected[name];
    let proposal: Proposal;
    before(() => {
      proposal = imported(graph);
    });

    it("is a lane group that the config check takes, entered where the system is", () => {
      const group = checked(proposal);
      assert.equal(group.entry.service, entry);
      assert.equal(group.services.length, services);
      assert.equal(group.entry.routes.length, routes);
    });

    it("has every chain of HTTP and gRPC in lanes, or tells why not", () => {
      const group = checked(proposal);
      const inLanes = new Set(group.services.map((service) => service.name));
      for (const [service, why] of Object.entries(refused)) {
        assert.ok(!inLanes.has(service), service);
        assert.match(reason(proposal, service) ?? `nothing is said of ${service}`, why);
      }
      const speaks = (callee: string, number: number) =>
        graph.services.find((each) => each.name === callee)?.ports.find(({ port }) => port === number)?.speaks;
      for (const [from, to, port] of graph.calls) {
        const protocol = speaks(to, port);
        if (protocol === undefined) continue;
        if (protocol === "tcp" || protocol === "udp") {
          assert.ok(reason(proposal, to), `${to} is no HTTP, and nothing is said of it`);
          continue;
        }
        if (to in refused || from in refused) continue;
        assert.ok(inLanes.has(to), `${from} calls ${to}`);
        const caller = group.services.find((service) => service.name === from);
        if (caller) assert.ok(caller.calls.includes(to), `${from} calls ${to}`);
      }
    });

    it("says what it could not express, and what is in the way", () => {
      for (const pattern of says) assert.match(told(proposal), pattern);
    });

    it("gives the right version at every hop in a lane that overrides one service, whichever", () => {
      const plain = checked(proposal);
      const gateway = { namespace: "lanes-gateway", labels: { istio: "lanes" } };
      for (const overridden of plain.services) {
        const input: LaneGroupInput = {
          ...proposal.group,
          services: proposal.group.services.map((service) =>
            service.name === overridden.name ? { ...service, versions: [...service.versions, "try"] } : service,
          ),
          lanes: [...proposal.group.lanes, { name: "try" }],
        };
        const group = checked(proposal, input);
        assert.ok(renderIstio(group, { gateway }).length > group.services.length);
        const rows = planLaneGroup(group).rows;
        for (const lane of group.lanes) {
          const sent = laneRequest(group, lane);
          assert.ok("request" in sent, lane.name);
          const { path, headers } = sent.request;
          const request = { method: "GET", host: "any.example.com", path, headers };
          const explained = explain([group], request);
          assert.equal(explained.status, "routed");
          const [outcome] = explained.status === "routed" ? explained.outcomes : [];
          assert.equal(outcome?.lane, lane.name);
          for (const hop of outcome?.hops ?? []) {
            const wanted = rows.find((row) => row.lane === lane.name && row.service === hop.service);
            assert.ok(wanted?.version !== undefined);
            assert.equal(hop.version, wanted.version, `${lane.name}: ${hop.from} -> ${hop.service}`);
            if (lane.name === "try") assert.equal(hop.version === "try", hop.service === overridden.name);
          }
        }
      }
    });
  });
}

describe("a system's manifests alone", () => {
  it("show the calls that variables name, and no others", () => {
    const { group } = propose(standInManifests(systemGraph("online-boutique")));
    const calls = Object.fromEntries(group.services.map(({ name, calls: callees = [] }) => [name, callees.length]));
    assert.deepEqual(
      [calls.frontend, calls.checkoutservice, calls.recommendationservice, calls.adservice],
      [7, 6, 1, 0],
    );
  });

  it("named for TCP are refused with the flag that helps, as nothing tells the entry", () => {
    const import_ = () => propose(standInManifests(systemGraph("otel-demo")));
    assert.throws(
      import_,
      /default\/frontend-proxy: port 8080 \(tcp-service\) is TCP: .*\n.*\n.*--protocol frontend-proxy:8080=grpc/,
    );
  });
});
