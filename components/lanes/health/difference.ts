import { isRecord } from "../../../tools/values";

/**
 * What differs between a planned value and the live one, as sentences with a path: `http[0].match[0].uri.exact is "/mok",
 * planned "/mock"`. Istio's own types have no defaults, so a field that was added is a difference too, unless it is empty:
 * empty fields come and go on the way through an API server.
 */
export function differences(planned: unknown, live: unknown, path = ""): string[] {
  if (isEmpty(planned) && isEmpty(live)) return [];
  if (Array.isArray(planned) && Array.isArray(live)) return listDifferences(planned, live, path);
  if (isRecord(planned) && isRecord(live)) {
    const keys = [...new Set([...Object.keys(planned), ...Object.keys(live)])];
    return keys.flatMap((key) => differences(planned[key], live[key], path === "" ? key : `${path}.${key}`));
  }
  if (planned === live) return [];
  if (isEmpty(live)) return [`${path} is missing, planned ${short(planned)}`];
  if (isEmpty(planned)) return [`${path} is ${short(live)}, which is not planned`];
  return [`${path} is ${short(live)}, planned ${short(planned)}`];
}

function listDifferences(planned: readonly unknown[], live: readonly unknown[], path: string): string[] {
  const length = Math.max(planned.length, live.length);
  return Array.from({ length }).flatMap((_, index) => differences(planned[index], live[index], `${path}[${index}]`));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.values(value).every(isEmpty);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
