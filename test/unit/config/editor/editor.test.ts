import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  includedFileJsonSchema,
  includeSchemaFile,
  stackFileJsonSchema,
  stackSchemaFile,
} from "../../../../config/json-schema";
import { projectRoot } from "../../../../tools/paths";
import { scenarios, stacks } from "../../repository";
import { type Diagnostic, LanguageServer } from "./language-server";

const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");

/** A stack file that an editor holds and nobody saved. */
const unsaved = (lines: readonly string[]) =>
  [`# yaml-language-server: $schema=./${stackSchemaFile}`, "config:", ...lines, ""].join("\n");

describe("the JSON schemas", () => {
  for (const [file, schema] of [
    [stackSchemaFile, stackFileJsonSchema()],
    [includeSchemaFile, includedFileJsonSchema()],
  ] as const) {
    it(`are committed: \`lanes schema\` writes ${file}`, () => {
      assert.deepEqual(JSON.parse(read(file)), JSON.parse(JSON.stringify(schema)));
    });
  }

  it("have branches for kinds, defaults and examples", () => {
    const { definitions } = JSON.parse(read(stackSchemaFile));
    const kinds = definitions.cluster.oneOf.map(({ properties }: { properties: { kind: unknown } }) => properties.kind);
    assert.deepEqual(
      kinds.map(({ enum: names, const: name }: { enum?: string[]; const?: string }) => names ?? name),
      [["auto", "embedded", "kind"], "existing", "ack"],
    );
    const [, , ack] = definitions.cluster.oneOf;
    assert.equal(ack.properties.ack.properties.credentialMinutes.default, 120);
    assert.deepEqual(ack.properties.ack.properties.region.examples, ["cn-hangzhou"]);
  });
});

describe("yaml-language-server", () => {
  const server = new LanguageServer();
  before(() => server.start());
  after(() => server.stop());

  const messages = (diagnostics: readonly Diagnostic[]) =>
    diagnostics.map(({ range, message }) => `${range.start.line}: ${message}`);
  let opened = 0;
  const open = async (lines: readonly string[]) => {
    opened += 1;
    const file = `Pulumi.editor-${opened}.yaml`;
    return { file, found: messages(await server.open(file, unsaved(lines))) };
  };

  for (const file of [...stacks.map((stack) => `Pulumi.${stack}.yaml`), ...scenarios]) {
    it(`knows the schema of ${file}, which has no mistakes`, async () => {
      assert.match(read(file), /^# yaml-language-server: \$schema=\S+\.schema\.json\n/);
      assert.deepEqual(messages(await server.open(file, read(file))), []);
      // A mistake shows that the schema was found.
      const broken = join(dirname(file), `broken-${basename(file)}`);
      const found = messages(await server.open(broken, read(file).replace("laneGroups:\n", "laneGruops:\n")));
      assert.match(found.join("\n"), /laneGruops is not allowed/);
    });
  }

  it("underlines what is wrong, in the kind that was meant", async () => {
    const { found } = await open(["  mesh-lanes:cluster:", "    kind: existing", "    kubeconfg: x", "    context: c"]);
    assert.deepEqual(found, ['2: Missing property "kubeconfig".', "4: Property kubeconfg is not allowed."]);
  });

  it("underlines unknown keys of this project, and none of others", async () => {
    const { found } = await open(["  mesh-lanes:laneGroup: []", "  kubernetes:context: mine"]);
    assert.deepEqual(found, ["2: Property mesh-lanes:laneGroup is not allowed."]);
  });

  it("takes encrypted values, and private keys that are encrypted only", async () => {
    const { found } = await open([
      "  mesh-lanes:tls: { secure: abc }",
      "  mesh-lanes:tlsKey.a: { secure: abc }",
      "  mesh-lanes:tlsKey.b: text",
    ]);
    assert.deepEqual(found, ['4: Incorrect type. Expected "object".']);
  });

  it("offers the keys of a kind, and the kinds", async () => {
    const ack = ["  mesh-lanes:cluster:", "    kind: ack", "    ack:", "      region: cn-hangzhou", "      "];
    const { file } = await open(ack);
    const keys = await server.complete(file, 6, 6);
    assert.ok(keys.includes("zones") && keys.includes("credentialMinutes"), keys.join());
    const mesh = await open(["  mesh-lanes:mesh:", "    kind: "]);
    assert.deepEqual(await server.complete(mesh.file, 3, 10), ["istio", "asm"]);
  });

  it("explains a key", async () => {
    const { file } = await open(["  mesh-lanes:security:", "    mtls: strict"]);
    assert.match(await server.hover(file, 3, 6), /no request without a certificate of the mesh/);
  });
});
