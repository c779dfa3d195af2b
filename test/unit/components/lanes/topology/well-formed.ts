import assert from "node:assert/strict";

const attribute = String.raw`\s+[A-Za-z_:][-\w:.]*="(?:[^<&"]|&(?:amp|lt|gt|quot|#39);)*"`;
const token = new RegExp(
  String.raw`<(?<close>/)?(?<name>[A-Za-z][-\w]*)(?<attributes>(?:${attribute})*)\s*(?<empty>/)?>|(?<text>(?:[^<>&]|&(?:amp|lt|gt|quot|#39);)+)`,
  "y",
);

/** One element's start: name, attributes, and how deep it lies. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly depth: number;
}

/** Reads a part of XML that is stricter than XML itself, and fails where the text is not well-formed. */
export function readXml(xml: string): { elements: XmlElement[]; texts: string[] } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
  assert.doesNotMatch(xml, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u);
  const open: string[] = [];
  const elements: XmlElement[] = [];
  const texts: string[] = [];
  token.lastIndex = 0;
  let roots = 0;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const groups = token.exec(xml)?.groups;
    assert.ok(groups, `not well-formed at ${at}: ${xml.slice(at, at + 60)}`);
    const { name, close, empty, text, attributes = "" } = groups;
    if (text !== undefined) {
      assert.ok(open.length > 0 || text.trim() === "", "text outside the root");
      texts.push(unescapeXml(text));
    } else if (close) assert.equal(open.pop(), name, `</${name}> closes another element`);
    else if (name !== undefined) {
      if (open.length === 0) roots += 1;
      const pairs = [...attributes.matchAll(/([-\w:.]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
        key,
        unescapeXml(value),
      ]);
      assert.equal(new Set(pairs.map(([key]) => key)).size, pairs.length, `an attribute of ${name} comes twice`);
      elements.push({ name, attributes: Object.fromEntries(pairs), depth: open.length });
      if (!empty) open.push(name);
    }
  }
  assert.deepEqual(open, [], "elements that are not closed");
  assert.equal(roots, 1, "one root");
  return { elements, texts };
}

function unescapeXml(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replace(/&([^;]+);/g, (_, name: string) => named[name] ?? "");
}
