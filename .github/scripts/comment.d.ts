interface Access {
  readonly api: string;
  readonly token: string;
  readonly repository: string;
  sleep?(milliseconds: number): Promise<void>;
}

export interface WriteOptions extends Access {
  readonly pull: number;
  readonly run: number;
  readonly author: string;
  readonly body: string;
}

export const limit: number;
export function main(env: Readonly<Record<string, string | undefined>>): Promise<string>;
export function writeComment(options: WriteOptions): Promise<"created" | "updated" | "newer">;
export function findPull(
  options: Access & { readonly head: string; readonly sha: string },
): Promise<number | undefined>;
export function combine(reports: readonly string[], note?: string): string;
export function untrusted(text: string): string;
export function reportsOf(names: readonly string[]): string[];
