/** What a release says of itself. */
export interface ReleaseFiles {
  /** Of package.json. */
  readonly version: string;
  /** Of plugin/package.json. */
  readonly plugin: string;
  /** Text of CHANGELOG.md. */
  readonly changelog: string;
  /** Text of docs/migration.md. */
  readonly migration: string;
}
export function releaseProblems(tag: string, files: ReleaseFiles): string[];
export function publishedPackage(manifest: Readonly<Record<string, unknown>>, repository: string): object;
