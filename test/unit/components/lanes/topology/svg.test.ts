import assert from "node:assert/strict";
import fc from "fast-check";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";
import { layoutTopology } from "../../../../../components/lanes/topology/layout";
import { topologyOf } from "../../../../../components/lanes/topology/model";
import { escapeXml, renderSvg } from "../../../../../components/lanes/topology/svg";
import { s1, s2, s4, s4Input } from "../fixtures";
import { permissiveGroups } from "./groups";
import { readXml } from "./well-formed";

const svg = (...groups: readonly LaneGroup[]) => renderSvg(groups.map((group) => layoutTopology(topologyOf(group))));

describe("renderSvg", () => {
  it("has a title, a description and a role", () => {
    const { elements, texts } = readXml(svg(s2, s4));
    const root = elements[0];
    assert.equal(root?.attributes.role, "img");
    assert.equal(root?.attributes["aria-labelledby"], "lanes-title lanes-description");
    assert.deepEqual(
      elements.filter((element) => element.attributes.id).map((element) => [element.name, element.attributes.id]),
      [
        ["title", "lanes-title"],
        ["desc", "lanes-description"],
      ],
    );
    assert.ok(texts.includes("Lanes of group test, Lanes of group shop"));
  });

  it("is dashed where the lane falls back", () => {
    const { elements } = readXml(svg(s4));
    const classes = (name: string) =>
      elements.filter((element) => element.name === name).map((element) => element.attributes.class);
    assert.equal(classes("polyline").filter((name) => name === "line fallback").length, 2);
    // One more is the sample of the legend.
    assert.equal(classes("rect").filter((name) => name === "node fallback").length, 3);
    assert.match(svg(s4), /\.lanes-topology \.fallback\{stroke-dasharray:5 4\}/);
  });

  it("puts the arrow of a fallback at the baseline, and that of a call at the called", () => {
    const text = svg(s4);
    const [, tip] =
      /takes mockb v1 of baseline v1<\/title><polyline class="line fallback" points="(\S+) /.exec(text) ?? [];
    assert.ok(tip);
    assert.ok(text.includes(`<path class="arrow fallback" d="M${tip.replace(",", " ")}L`));
    const [, end] = /mocka calls mockb<\/title><polyline class="line c0" points="\S+ (\S+)"/.exec(text) ?? [];
    assert.ok(end);
    assert.ok(text.includes(`<path class="arrow c0" d="M${end.replace(",", " ")}L`));
  });

  it("has colours for light and for dark, and every class that is used has a rule", () => {
    const text = svg(s1, s4);
    const style = text.slice(text.indexOf("<style>"), text.indexOf("</style>"));
    const [light = "", dark = ""] = style.split("@media (prefers-color-scheme:dark)");
    const used = readXml(text).elements.flatMap((element) => element.attributes.class?.split(" ") ?? []);
    for (const name of new Set(used)) {
      if (["lanes-topology", "own", "start"].includes(name)) continue;
      assert.match(light, new RegExp(`\\.${name}\\b`), name);
    }
    const colors = (part: string) =>
      [...part.matchAll(/([^{}\n]+)\{[^{}]*#[0-9a-f]{6}[^{}]*\}/g)].map(([, rule]) => rule);
    assert.deepEqual(colors(dark), colors(light));
    assert.ok(colors(light).length > 10);
  });

  it("keeps the whole of a text that is cut", () => {
    const name = "a-service-whose-name-is-as-long-as-a-name-may-be-in-kubernetes";
    const services = [{ name, port: 80, versions: ["v1"] }];
    const entry = { ...s4Input.entry, service: name };
    const text = svg(laneGroupSchema.parse({ ...s4Input, services, entry, lanes: [{ name: "v1" }] }));
    assert.match(text, new RegExp(`<title>${name}</title>a-service-whose-na[-a-z]*…</text>`));
  });

  it("places groups below one another, as wide as the widest", () => {
    const pictures = [s1, s4].map((group) => layoutTopology(topologyOf(group)));
    const [ws, shop] = pictures;
    assert.ok(ws && shop);
    const { elements } = readXml(renderSvg(pictures));
    assert.equal(elements[0]?.attributes.width, String(Math.max(ws.width, shop.width)));
    assert.equal(elements[0]?.attributes.height, String(ws.height + 8 + shop.height));
    assert.deepEqual(
      elements.flatMap((element) => element.attributes.transform ?? []),
      ["translate(0 0)", `translate(0 ${ws.height + 8})`],
    );
  });

  it("is well-formed for any text", () => {
    fc.assert(
      fc.property(permissiveGroups, fc.string({ unit: "binary" }), (group, text) => {
        const [first, ...rest] = group.lanes;
        assert.ok(first);
        const match = {
          headers: { [text]: { kind: "exact" as const, value: `</svg>${text}"'&` } },
          cookies: {},
          query: {},
          hosts: [],
        };
        const { texts } = readXml(svg({ ...group, name: `<${text}`, lanes: [{ ...first, match: [match] }, ...rest] }));
        assert.ok(texts.some((part) => part.startsWith("Lanes of group <")));
      }),
      { numRuns: 50 },
    );
  });
});

describe("escapeXml", () => {
  const cases = [
    { title: "marks", text: `<a b="c" d='e'>&amp;`, expected: "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;" },
    { title: "what XML cannot hold", text: "a\u0000b\u001fc\ufffed\ud800e", expected: "a\ufffdb\ufffdc\ufffdd\ufffde" },
    { title: "other scripts", text: "泳道 😀", expected: "泳道 😀" },
  ];
  for (const { title, text, expected } of cases) it(`writes ${title}`, () => assert.equal(escapeXml(text), expected));
});
