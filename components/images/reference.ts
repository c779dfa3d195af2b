/** An image as it is named to a cluster: `registry/repository:tag@digest`. */
export interface ImageReference {
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

const repository = "[^\\s@:/]+(?::[0-9]+(?=/))?(?:/[^\\s@:/]+)*";
const reference = new RegExp(
  `^(${repository})(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?$`,
);

/** Undefined: no container runtime accepts the text. */
export function parseImage(image: string): ImageReference | undefined {
  const [, repository, tag, digest] = reference.exec(image) ?? [];
  if (repository === undefined) return undefined;
  return { repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** Tags that publishers move. */
const movingTags = /^(latest|stable|edge|main|master|dev|develop|nightly|canary|lts|current|next|release)$/i;
/** `20`, `1.29` and `3.12-slim` are moved to each new patch release. */
const partOfVersion = /^v?\d{1,4}(\.\d+)?(-[a-z]+)*$/i;

/** What pins an image, in the words of a fix. */
export const pinFix = "Name a whole version or a digest (@sha256:...).";

/** Why an image may be another one tomorrow; undefined: it is pinned to one build. */
export function imageProblem(image: string): string | undefined {
  const parsed = parseImage(image);
  if (!parsed) return "which is no image reference";
  if (parsed.digest !== undefined) return undefined;
  if (parsed.tag === undefined) return "which has no tag and so is latest";
  if (movingTags.test(parsed.tag)) return "whose tag moves";
  return partOfVersion.test(parsed.tag) ? "whose tag is not a whole version" : undefined;
}
