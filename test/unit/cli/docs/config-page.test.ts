import assert from "node:assert/strict";
import { configPage } from "../../../../cli/docs/config-page";

const named = { name: { type: "string", description: "a name" } };

/** The table of one section, without its header. */
function rows(section: object): string[] {
  return configPage({ definitions: { shop: { description: "a shop", ...section }, encrypted: { type: "object" } } })
    .split("\n")
    .filter((line) => line.startsWith("| `"));
}

describe("the config reference", () => {
  it("tells meaning, default and what must be there", () => {
    const properties = {
      ...named,
      port: { type: "integer", description: "a port; default 80, as HTTP has it" },
      mode: { default: "fast", type: "string", enum: ["fast", "slow"] },
      tags: { default: ["a|b"], type: "array", items: { type: "string" } },
      label: { description: "a label; default: istio: <name> of `<gateway>`" },
    };
    assert.deepEqual(rows({ type: "object", properties, required: ["name"] }), [
      "| `shop.name` | a name | *required* |",
      "| `shop.port` | a port | 80, as HTTP has it |",
      '| `shop.mode` | fast, slow | `"fast"` |',
      '| `shop.tags` | an array | `["a\\|b"]` |',
      "| `shop.label` | a label | istio: &lt;name> of `<gateway>` |",
    ]);
  });

  it("has the keys of lists, and of maps by what is in them", () => {
    const object = { type: "object", properties: named };
    const properties = {
      parts: { type: "array", items: object, description: "parts" },
      images: { additionalProperties: object, description: "version -> image" },
      hosts: { additionalProperties: object, description: "hosts" },
    };
    assert.deepEqual(
      rows({ properties }).map((row) => row.split("`")[1]),
      [
        ...["shop.parts", "shop.parts[].name", "shop.images", "shop.images.<version>.name"],
        ...["shop.hosts", "shop.hosts.<host>.name"],
      ],
    );
  });

  it("says what holds for one kind only, and what all have just once", () => {
    const kind = (value: string) => ({ kind: { const: value, type: "string" } });
    const usual = { kind: { default: "auto", enum: ["auto", "local"], type: "string" } };
    const oneOf = [
      { properties: { ...usual, ...named } },
      { properties: { ...kind("cloud"), ...named, region: { description: "a region" } }, required: ["kind", "region"] },
      { properties: kind("none") },
    ];
    assert.deepEqual(rows({ oneOf }), [
      "| `shop.kind` | one of auto, local, cloud, none | auto |",
      "| `shop.name` | with `kind: auto, local` or `kind: cloud`: a name |  |",
      "| `shop.region` | with `kind: cloud`: a region | *required* |",
    ]);
  });

  it("leaves to a description what it tells in full", () => {
    const anyOf = [{ type: "string" }, { properties: { exact: { type: "string" } } }];
    assert.deepEqual(rows({ properties: { path: { anyOf, description: "a text, or { exact }" } } }), [
      "| `shop.path` | a text, or { exact } |  |",
    ]);
  });
});
