import type { Measured } from "./measure";

const columns = [
  ["", 38],
  ["requests", 10],
  ["failed", 8],
  ["sockets", 9],
  ["dropped", 9],
  ["messages", 10],
  ["lost", 6],
  ["last v1", 9],
  ["old pods told", 15],
  ["and gone", 10],
] as const;

export function printTitles(): void {
  print(columns.map(([title]) => title));
}

/** A row once the old pods have gone, and a line below it for what has failed. @param measured in words where it did not come to its end. */
export async function printRow(title: string, measured: Measured | string): Promise<void> {
  if (typeof measured === "string") {
    process.exitCode = 1;
    process.stdout.write(`${title}: ${measured}\n`);
    return;
  }
  const { requests, failures, sockets, dropped, refused, messages, lost, takenOver, told, rest } = measured;
  const seconds = (value: number) => `${value.toFixed(0)} s`;
  const gone = await rest.then(seconds, String);
  const counts = [requests, sum(failures), sockets, sum(dropped), messages, lost].map(String);
  print([title, ...counts, seconds(takenOver), seconds(told), gone]);
  for (const [answer, count] of Object.entries(failures)) process.stdout.write(`    ${count} requests: ${answer}\n`);
  for (const [code, count] of Object.entries(dropped)) {
    process.stdout.write(`    ${count} sockets closed with ${code}\n`);
  }
  if (refused > 0) process.stdout.write(`    ${refused} handshakes failed\n`);
}

function print(cells: readonly string[]): void {
  const padded = cells.map((cell, index) => {
    const width = columns[index]?.[1] ?? 0;
    return index === 0 ? cell.padEnd(width) : cell.padStart(width);
  });
  process.stdout.write(`${padded.join("")}\n`);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
