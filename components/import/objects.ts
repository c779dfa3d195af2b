import { z } from "zod";
import type { Problem } from "../../tools/user-error";
import { isRecord, type UnknownRecord } from "../../tools/values";

/** Where an object was read: a file, or `stdin`, or a cluster's context; and which document of it, the first is 1. */
export interface Place {
  readonly file: string;
  readonly document: number;
}

/** A document as it was read, of which nothing is known. */
export interface RawDocument {
  readonly value: unknown;
  readonly place: Place;
}

/** A Kubernetes object: what every kind has. What is in `spec` is for those who know the kind. */
export interface KubeObject {
  readonly kind: string;
  /** API group without its version; "" of the core. */
  readonly api: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether another object made it, as a Deployment makes its pods. */
  readonly owned: boolean;
  readonly spec: UnknownRecord;
  /** Empty in manifests. */
  readonly status: UnknownRecord;
  /** Of a ConfigMap. */
  readonly data: UnknownRecord;
  readonly place: Place;
}

export interface ReadObjects {
  readonly objects: readonly KubeObject[];
  /** Documents that should be objects and are not. */
  readonly broken: readonly Problem[];
  /** Secrets that were left unread. */
  readonly secrets: number;
}

/** Values that Kubernetes would refuse unquoted (`version: 1.0`), and that people write all the same. */
const labelsSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value)),
);

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string().min(1),
    namespace: z.string().nullish(),
    labels: labelsSchema.nullish(),
    ownerReferences: z.array(z.unknown()).nullish(),
  }),
  spec: z.looseObject({}).nullish(),
  status: z.looseObject({}).nullish(),
  data: z.looseObject({}).nullish(),
});

/**
 * The objects of these documents, lists taken apart. Secrets are dropped here, before anybody could print one.
 *
 * @param namespace of objects that name none.
 */
export function readObjects(documents: readonly RawDocument[], namespace = "default"): ReadObjects {
  const objects: KubeObject[] = [];
  const broken: Problem[] = [];
  let secrets = 0;
  for (const { value, place } of documents.flatMap(itemsOf)) {
    if (value === null || value === undefined) continue;
    if (isRecord(value) && value.kind === "Secret") {
      secrets += 1;
      continue;
    }
    const { data, error } = objectSchema.safeParse(value);
    if (!data) {
      broken.push(brokenObject(value, place, error.issues[0]));
      continue;
    }
    const { metadata } = data;
    const slash = data.apiVersion.lastIndexOf("/");
    objects.push({
      kind: data.kind,
      api: slash < 0 ? "" : data.apiVersion.slice(0, slash),
      name: metadata.name,
      namespace: metadata.namespace || namespace,
      labels: metadata.labels ?? {},
      owned: (metadata.ownerReferences ?? []).length > 0,
      spec: data.spec ?? {},
      status: data.status ?? {},
      data: data.data ?? {},
      place,
    });
  }
  return { objects, broken, secrets };
}

function itemsOf({ value, place }: RawDocument): RawDocument[] {
  if (!isRecord(value) || !Array.isArray(value.items) || !String(value.kind).endsWith("List"))
    return [{ value, place }];
  return value.items.flatMap((item: unknown) => itemsOf({ value: item, place }));
}

/** In words that hold no value of the document: there may be secrets in it. */
function brokenObject(value: unknown, place: Place, issue: z.core.$ZodIssue | undefined): Problem {
  const kind = isRecord(value) && typeof value.kind === "string" ? `${value.kind}, ` : "";
  const at = issue?.path.join(".") ?? "";
  const got = isRecord(value) ? `${kind}${at} is missing or of the wrong type` : "no map";
  const expected = "a Kubernetes object with apiVersion, kind and metadata.name";
  return { path: placeName(place), got, expected, fix: "Correct it, or leave the file out." };
}

export function placeName({ file, document }: Place): string {
  return `${file}, document ${document}`;
}
