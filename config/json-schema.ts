import { z } from "zod";
import { includableKeys } from "./include";
import { configNamespace, sections } from "./stack";
import { tlsKeyPrefix } from "./tls/tls";
import { mayBeEncrypted } from "./values";

/*
 * What editors read: completion, help and mistakes in stack files and in the files that they include.
 */

const draft = "http://json-schema.org/draft-07/schema#";

/** File of the schema of stack files, in the folder of the project. */
export const stackSchemaFile = `${configNamespace}.schema.json`;
/** File of the schema of files that a stack's config includes. */
export const includeSchemaFile = `${configNamespace}.include.schema.json`;

const secret = {
  type: "object",
  description: "a value that Pulumi encrypted: `pulumi config set --secret`",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
};

/** Of Pulumi.<stack>.yaml. */
export function stackFileJsonSchema(): object {
  const { properties = {} } = z.toJSONSchema(sections, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema }) => {
      if (!(mayBeEncrypted in jsonSchema)) return;
      delete jsonSchema[mayBeEncrypted];
      const { additionalProperties: plain } = jsonSchema;
      if (typeof plain !== "object") return;
      const { anyOf = [plain], ...said } = plain;
      jsonSchema.additionalProperties = { ...said, anyOf: [...anyOf, { $ref: "#/definitions/encrypted" }] };
    },
  });
  const keys = Object.keys(properties);
  const section = (key: string) => ({
    if: { type: "object", required: ["secure"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
    then: { $ref: "#/definitions/encrypted" },
    else: { $ref: `#/definitions/${key}` },
  });
  const key = "the private key of a TLS secret; set it by `pulumi config set --secret mesh-lanes:tlsKey.<secret>`";
  return {
    $schema: draft,
    type: "object",
    properties: {
      config: {
        type: "object",
        description: "the stack's config: values of this project begin with mesh-lanes:",
        properties: Object.fromEntries(keys.map((name) => [`${configNamespace}:${name}`, section(name)])),
        patternProperties: {
          [`^${configNamespace}:${tlsKeyPrefix.replace(".", "\\.")}`]: { ...secret, description: key },
          // Of other projects and of providers.
          [`^(?!${configNamespace}:)`]: {},
        },
        additionalProperties: false,
      },
    },
    definitions: { ...properties, encrypted: secret },
  };
}

/** Of a file that `include` names. */
export function includedFileJsonSchema(): object {
  return {
    $schema: draft,
    type: "object",
    properties: Object.fromEntries(
      includableKeys.map((key) => [key, { $ref: `${stackSchemaFile}#/definitions/${key}` }]),
    ),
    additionalProperties: false,
  };
}
