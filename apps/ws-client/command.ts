import { parseArgs } from "node:util";

/** What the client is asked to do. */
export type Command =
  | { readonly kind: "sleep" }
  | {
      readonly kind: "connect";
      readonly url: string;
      readonly messages: readonly string[];
      /** Sent with the handshake, e.g. to choose a lane. */
      readonly headers: Readonly<Record<string, string>>;
    };

const usage = `usage: main.js                                         sleep until SIGTERM
       main.js connect [--header 'name: value'] <url> <message...>  send each message and wait for its answer`;

/**
 * Reads the arguments; none means sleep.
 *
 * @throws Error with what is wrong and the usage.
 */
export function parseCommand(args: readonly string[]): Command {
  if (args.length === 0) return { kind: "sleep" };
  const { values, positionals } = read(args);
  const [verb, url, ...messages] = positionals;
  if (verb !== "connect") throw problem(`unknown command "${verb ?? ""}"`);
  if (url === undefined || !URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol)) {
    throw problem(`"${url ?? ""}" is not a ws:// or wss:// URL`);
  }
  if (messages.length === 0) throw problem("no message to send");
  return { kind: "connect", url, messages, headers: Object.fromEntries((values.header ?? []).map(parseHeader)) };
}

function read(args: readonly string[]) {
  try {
    const options = { header: { type: "string", multiple: true } } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw problem(error instanceof Error ? error.message : String(error));
  }
}

function parseHeader(line: string): [string, string] {
  const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(\S.*)$/.exec(line);
  const [, name, value] = found ?? [];
  if (name === undefined || value === undefined) throw problem(`"${line}" is not a header such as 'version: v2'`);
  return [name, value];
}

function problem(text: string): Error {
  return new Error(`${text}\n${usage}`);
}
