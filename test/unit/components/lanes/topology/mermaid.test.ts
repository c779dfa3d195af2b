import assert from "node:assert/strict";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";
import { mermaidText, renderMermaid } from "../../../../../components/lanes/topology/mermaid";
import { topologyOf } from "../../../../../components/lanes/topology/model";
import { s2, s4, s4Input } from "../fixtures";

const render = (...groups: readonly LaneGroup[]) => renderMermaid(groups.map(topologyOf));

describe("renderMermaid", () => {
  it("draws S4", () => {
    assert.deepEqual(render(s4).text.split("\n"), [
      "flowchart LR",
      '  subgraph g0["shop#58; permissive lanes"]',
      "    direction LR",
      '    g0gateway(["gateway<br/>istio-system/ingressgateway<br/>any host"])',
      '    subgraph g0s0["mocka#58;8000"]',
      '      g0s0v0("v1"):::baseline',
      '      g0s0v1("v2")',
      '      g0s0v2("v3")',
      "    end",
      '    subgraph g0s1["mockb#58;8000"]',
      '      g0s1v0("v1"):::baseline',
      '      g0s1v1("v3")',
      "    end",
      '    subgraph g0s2["mockc#58;8000"]',
      '      g0s2v0("v1"):::baseline',
      '      g0s2v1("v2")',
      "    end",
      '    g0gateway -->|"v1 (baseline)#58; 40 #37; of new clients"| g0s0v0',
      '    g0s0v0 -->|"v1"| g0s1v0',
      '    g0s1v0 -->|"v1"| g0s2v0',
      '    g0gateway -->|"v2#58; 30 #37; of new clients"| g0s0v1',
      '    g0s0v1 -.->|"v2<br/>fallback"| g0s1v0',
      '    g0s1v0 -->|"v2"| g0s2v1',
      '    g0gateway -->|"v3#58; 30 #37; of new clients"| g0s0v2',
      '    g0s0v2 -->|"v3"| g0s1v1',
      '    g0s1v1 -.->|"v3<br/>fallback"| g0s2v0',
      "  end",
      "  classDef baseline stroke-width:3px",
      "  classDef missing stroke-dasharray:2 3",
      "",
    ]);
  });

  it("draws one line for lanes that go the same way, and counts lines", () => {
    const services = s4Input.services.map((service) => ({
      ...service,
      versions: service.name === "mocka" ? service.versions : ["v1"],
    }));
    const { text, edges } = render(laneGroupSchema.parse({ ...s4Input, services }));
    assert.ok(text.includes('g0s1v0 -.->|"v2<br/>v3<br/>fallback"| g0s2v0'), text);
    assert.equal(edges, text.match(/-->|-\.->/g)?.length);
  });

  it("names the nodes of each group for itself", () => {
    const ids = [...render(s2, s4).text.matchAll(/^ +(?:subgraph )?(g\w+)[[(]/gm)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, 2 * (1 + 1 + 3) + 9 + 7);
  });

  it("draws a hole of a strict lane as a node of its own", () => {
    const services = s2.services.map((service) =>
      service.name === "mockb" ? { ...service, versions: ["v1"] } : service,
    );
    const { text } = render({ ...s2, services });
    assert.ok(text.includes('g0s1v1("missing"):::missing'));
    assert.ok(text.includes('g0s0v1 -->|"s2"| g0s1v1'));
  });
});

describe("mermaidText", () => {
  const cases = [
    { title: "quotes, backquotes and HTML", text: '"`<b>', expected: "#34;#96;#60;b#62;" },
    { title: "signs of Mermaid's own", text: "a%%b#c;d:e|f", expected: "a#37;#37;b#35;c#59;d#58;e#124;f" },
    { title: "line breaks", text: "a\nb", expected: "a#10;b" },
    { title: "other scripts", text: "泳😀", expected: "#27891;#128512;" },
    { title: "plain names as they are", text: "x-asm_tag, (a/b) = 1.2", expected: "x-asm_tag, (a/b) = 1.2" },
  ];
  for (const { title, text, expected } of cases) it(`writes ${title}`, () => assert.equal(mermaidText(text), expected));
});
