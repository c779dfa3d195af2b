type Labels = Readonly<Record<string, string>>;

/** Of namespaces, pods and control planes: a revision, or a tag. */
export const revisionLabel = "istio.io/rev";
/** Of a namespace. Where it is there, Istio does not look at the other. */
export const olderLabel = "istio-injection";
/**
 * Of what makes a tag, with the revision that it stands for in {@link revisionLabel}: a webhook `istio-revision-tag-<tag>`, and of
 * a newer Istio a Service too. https://istio.io/latest/docs/setup/upgrade/canary/#stable-revision-labels
 */
export const tagLabel = "istio.io/tag";

/** As kubectl names the kind that sidecars are injected by. */
export const injectorKind = "mutatingwebhookconfigurations.admissionregistration.k8s.io";

/** The control plane without a revision, and the tag that may stand in its place. */
export const defaultRevision = "default";

/** By what names the control planes of a cluster go. */
export interface MeshRevisions {
  /** Revisions of those that are there, sorted. */
  readonly revisions: readonly string[];
  /** Tag -> the revision that it stands for, which may be gone. */
  readonly tags: Readonly<Record<string, string>>;
  /** Why more tags may be there than `tags` has. */
  readonly problem?: string;
}

/** What was read of the objects that tell these names, by their labels. */
export interface RevisionSources {
  /** Deployments of istiod, or their pods. */
  readonly controlPlanes: readonly Labels[];
  readonly services: readonly Labels[];
  readonly webhooks: readonly Labels[];
  /** Why the webhooks are not all there are. */
  readonly problem?: string;
}

/** @returns what no object tells twice: a webhook counts before a Service, since it is what injects. */
export function meshRevisions({ controlPlanes, services, webhooks, problem }: RevisionSources): MeshRevisions {
  const revisions = controlPlanes.flatMap((labels) => (labels.app === "istiod" ? (labels[revisionLabel] ?? []) : []));
  const tags = [...services, ...webhooks].flatMap((labels): [string, string][] => {
    const [tag, revision] = [labels[tagLabel], labels[revisionLabel]];
    return tag !== undefined && revision !== undefined ? [[tag, revision]] : [];
  });
  return {
    revisions: [...new Set(revisions)].sort(),
    tags: Object.fromEntries(tags),
    ...(problem !== undefined && { problem }),
  };
}

/**
 * The revision that a name stands for; a tag counts first: one called `default` takes the namespaces of the default control plane.
 *
 * @returns undefined for a name that is neither a tag nor the revision of a running control plane.
 */
export function revisionOf(name: string, { revisions, tags }: MeshRevisions): string | undefined {
  return tagged(name, tags) ?? (revisions.includes(name) ? name : undefined);
}

function tagged(name: string, tags: MeshRevisions["tags"]): string | undefined {
  return Object.hasOwn(tags, name) ? tags[name] : undefined;
}

/**
 * The names that there are, in words.
 *
 * @example "revisions 1-30-0, 1-31-0; tags stable (1-30-0)"
 */
export function revisionsInWords({ revisions, tags, problem }: MeshRevisions): string {
  const names = Object.entries(tags).map(([tag, revision]) => `${tag} (${revision})`);
  const parts = [
    revisions.length === 0 ? "no control plane" : `${plural("revision", revisions)} ${revisions.join(", ")}`,
    ...(names.length > 0 ? [`${plural("tag", names)} ${names.sort().join(", ")}`] : []),
    ...(problem === undefined ? [] : [`tags cannot be read: ${problem}`]),
  ];
  return parts.join("; ");
}

function plural(word: string, { length }: readonly string[]): string {
  return length === 1 ? word : `${word}s`;
}

/**
 * By which revision or tag the pods of a namespace get their sidecars, as its labels say it.
 *
 * @returns undefined where they get none by its labels.
 */
export function injectedBy(labels: Labels): string | undefined {
  const older = labels[olderLabel];
  if (older !== undefined) return older === "enabled" ? defaultRevision : undefined;
  return labels[revisionLabel] || undefined;
}
