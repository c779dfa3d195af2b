import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import type { LoggedRequest } from "../../../components/lanes/diff/replay/replay";
import { UserError } from "../../../tools/user-error";
import { fileError } from "../../../tools/values";
import { readLogLine } from "./access-log";
import { readHar } from "./har";

/** A longer line is no line of an access log. */
const longestLine = 1024 * 1024;
/** A HAR is one JSON document, which is read as a whole. */
const largestHar = 256 * 1024 * 1024;

/**
 * Requests of a gateway's access log, line by line, or of a HAR file; undefined for what is no request.
 *
 * @param file `-` for a log on stdin.
 * @throws UserError when it cannot be read.
 */
export async function* readRequests(file: string): AsyncGenerator<LoggedRequest | undefined> {
  try {
    if (/\.har$/i.test(file)) yield* await harOf(file);
    else for await (const line of linesOf(file)) yield line === undefined ? undefined : readLogLine(line);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw wrong(file, fileError(error), "an access log of the gateway, or a HAR file");
  }
}

async function harOf(file: string): Promise<(LoggedRequest | undefined)[]> {
  const { size } = await stat(file);
  if (size > largestHar) throw wrong(file, `${Math.round(size / 2 ** 20)} MiB`, "a HAR file of at most 256 MiB");
  let document: unknown;
  try {
    // The specification of HAR lets a writer begin with a byte order mark, and tells readers to ignore it.
    document = JSON.parse((await readFile(file, "utf8")).replace(/^\uFEFF/, ""));
  } catch (error) {
    throw wrong(file, error instanceof SyntaxError ? "no JSON" : fileError(error), "a HAR file");
  }
  const entries = readHar(document);
  if (!entries) throw wrong(file, "JSON without log.entries", "a HAR file");
  return entries;
}

/** Lines that are not empty; undefined for one that is too long, of which no more than that is kept. */
async function* linesOf(file: string): AsyncGenerator<string | undefined> {
  const stream = file === "-" ? process.stdin : createReadStream(file);
  stream.setEncoding("utf8");
  let rest = "";
  let tooLong = false;
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (tooLong || line.length > longestLine) yield undefined;
      else if (line.trim() !== "") yield line;
      tooLong = false;
    }
    if (rest.length > longestLine) {
      tooLong = true;
      rest = "";
    }
  }
  if (tooLong) yield undefined;
  else if (rest.trim() !== "") yield rest;
}

function wrong(file: string, got: string, expected: string): UserError {
  const fix = "Name a log that `kubectl logs` of the gateway wrote, or a file that ends in .har.";
  return new UserError("the requests cannot be read", [{ path: `--requests ${file}`, got, expected, fix }]);
}
