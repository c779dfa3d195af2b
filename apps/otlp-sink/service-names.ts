/** The attribute `service.name` as protobuf has it: field 1, its length, its bytes, then field 2, the value. */
const key = Buffer.from("\x0a\x0cservice.name\x12", "latin1");

/**
 * Every `service.name` in an OTLP request, by looking for the attribute's bytes: a decoder for three schemas would be the
 * larger part of this app. Names of 128 bytes and more are passed over: their length takes two bytes.
 */
export function serviceNames(body: Buffer): string[] {
  const names: string[] = [];
  for (let at = body.indexOf(key); at >= 0; at = body.indexOf(key, at + key.length)) {
    // AnyValue: its length, then field 1 (a string), its length, its bytes.
    const value = at + key.length + 1;
    const length = body[value + 1];
    if (body[value] !== 0x0a || length === undefined || length > 127) continue;
    names.push(body.subarray(value + 2, value + 2 + length).toString("utf8"));
  }
  return names;
}
