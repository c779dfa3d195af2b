import type { UserSource } from "./shape";

/** `header x-user-id` */
export function userWords({ header, cookie, query }: UserSource): string {
  if (header !== undefined) return `header ${header}`;
  return cookie !== undefined ? `cookie ${cookie}` : `query ${query ?? ""}`;
}
