import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import type { Response } from "undici";
import { fetchOutside } from "../http/outside";
import { checksumFor } from "./checksums";
import type { OfficialDownload } from "./official";

/** How a download is watched. */
export interface DownloadWatch {
  /** Longest pause between two pieces, in milliseconds. */
  readonly stallTimeout: number;
  /** Called now and then with bytes so far and, where the host tells it, bytes in all. */
  readonly progress?: (got: number, all: number | undefined) => void;
  /** Names the proxy. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Downloads one official file, checks it against the publisher's checksum, and puts the programs it holds into a
 * folder, executable. A program appears there only when the whole file was right.
 *
 * @throws Error when a host refuses, stalls or breaks off, or when a checksum or a member is missing or wrong.
 */
export async function fetchOfficial(download: OfficialDownload, folder: string, watch: DownloadWatch): Promise<void> {
  const sums = await (await request(download.checksumUrl, AbortSignal.timeout(watch.stallTimeout), watch)).text();
  const expected = checksumFor(sums, download.fileName);
  if (expected === undefined) throw new Error(`${download.checksumUrl} does not list ${download.fileName}`);
  await mkdir(folder, { recursive: true });
  const part = join(folder, `${download.fileName}.part`);
  try {
    const sum = await save(download.url, part, watch);
    if (sum !== expected) {
      throw new Error(`${download.url} has SHA-256 ${sum}, its publisher says ${expected}; the file was removed`);
    }
    if ("program" in download.take) {
      await chmod(part, 0o755);
      await rename(part, join(folder, download.take.program));
    } else {
      await unpack(part, download.take.members, folder, download.fileName);
    }
  } finally {
    await rm(part, { force: true });
  }
}

async function request(url: string, signal: AbortSignal, { env }: DownloadWatch): Promise<Response> {
  try {
    const response = await fetchOutside(url, { signal }, env);
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return response;
  } catch (error) {
    throw new Error(`${url}: ${reasonOf(error)}`);
  }
}

async function save(url: string, target: string, watch: DownloadWatch): Promise<string> {
  const stall = new AbortController();
  const restart = () =>
    setTimeout(() => stall.abort(new Error(`no data for ${watch.stallTimeout / 1000} s`)), watch.stallTimeout);
  let timer = restart();
  try {
    const response = await request(url, stall.signal, watch);
    if (!response.body) throw new Error("it sent nothing");
    const all = Number(response.headers.get("content-length")) || undefined;
    const hash = createHash("sha256");
    let got = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = restart();
        got += chunk.length;
        hash.update(chunk);
        watch.progress?.(got, all);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(target), { signal: stall.signal });
    return hash.digest("hex");
  } catch (error) {
    throw new Error(`${url}: ${reasonOf(stall.signal.aborted ? stall.signal.reason : error)}`);
  } finally {
    clearTimeout(timer);
  }
}

async function unpack(
  archive: string,
  members: Readonly<Record<string, string>>,
  folder: string,
  fileName: string,
): Promise<void> {
  const missing = new Set(Object.keys(members));
  const tar = extract();
  const reading = pipeline(createReadStream(archive), createGunzip(), tar);
  // The loop below sees the same failure; without this the promise would be reported as unhandled first.
  reading.catch(() => undefined);
  for await (const entry of tar) {
    const name = entry.header.name.replace(/^\.\//, "");
    const program = members[name];
    if (program === undefined || entry.header.type !== "file") {
      entry.resume();
      continue;
    }
    const target = join(folder, program);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(entry, createWriteStream(target, { mode: 0o755 }));
    missing.delete(name);
  }
  await reading;
  if (missing.size > 0) throw new Error(`${fileName} does not hold ${[...missing].join(", ")}`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "it did not answer in time";
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${error.message}${cause}`;
}
