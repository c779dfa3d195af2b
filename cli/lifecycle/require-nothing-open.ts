import { listed } from "../../components/lanes/diff/changes/change";
import { refuse } from "../../config/lifecycle/subject";
import { poll } from "../../tools/poll";
import { UserError } from "../../tools/user-error";
import type { OpenAnswer } from "./open-requests";

const pauseMs = 3000;

/** `--wait 600`: seconds; 0 where nothing is given. @throws UserError for anything else. */
export function waitFrom({ wait = "0", now }: { readonly wait?: string; readonly now: boolean }): number {
  if (/^\d+$/.test(wait) && !(now && wait !== "0")) return Number(wait);
  const problem = now
    ? { got: "--now is given too", expected: "one of both", fix: "Leave one out." }
    : { got: `got "${wait}"`, expected: "seconds", fix: "Write a number such as 600." };
  throw new UserError("lanes retire cannot run like this", [{ path: "--wait", ...problem }]);
}

/**
 * What is open in a lane when it goes is cut off with its pods.
 *
 * @param seconds how long to wait for it.
 * @returns a note of what is known.
 * @throws UserError while something is open, or while that is not sure.
 */
export async function requireNothingOpen(
  lane: string,
  ask: () => Promise<OpenAnswer>,
  seconds: number,
  tell: (text: string) => void,
): Promise<string> {
  const end = Date.now() + seconds * 1000;
  let last: Asked | undefined;
  const note = await poll(
    async () => {
      const answer = await ask();
      if (!answer.asked) return `the cluster was not asked what is open in lane ${lane}: ${answer.why}`;
      if (answer.open.length === 0 && answer.silent.length === 0) {
        return `nothing is open in lane ${lane}: ${answer.proxies} proxies were asked${untoldWords(answer)}`;
      }
      last = answer;
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left > 0) tell(`${wordsOf(answer)}; ${left} s are left`);
      return undefined;
    },
    { withinMs: seconds * 1000, everyMs: pauseMs },
  );
  // Without a note the last answer was of open requests.
  return note ?? refuseOpen(lane, last as Asked, seconds);
}

type Asked = Extract<OpenAnswer, { asked: true }>;

/** Sockets there stay open, and what they lead to calls on in a lane that no longer exists. */
function untoldWords({ untold }: Asked): string {
  if (untold.length === 0) return "";
  return `; at ${listed(untold)} another lane has the same version, so its sockets are not told from those of this one`;
}

function wordsOf({ open, silent, proxies }: Asked): string {
  const parts = open.map(({ service, count }) => `${count} at ${service}`);
  return [
    ...(parts.length > 0 ? [`open requests or sockets: ${listed(parts)}`] : []),
    ...(silent.length > 0 ? [`no answer of ${silent.length} of ${proxies} proxies: ${listed(silent)}`] : []),
  ].join("; ");
}

function refuseOpen(lane: string, answer: Asked, seconds: number): never {
  const waited = seconds > 0 ? `, after ${seconds} s` : "";
  const longer = `Wait for them with \`--wait ${Math.max(600, seconds * 2)}\``;
  refuse(
    `lane ${lane} cannot be retired`,
    `${wordsOf(answer)}${waited}`,
    "nothing open in the lane, and an answer of every proxy",
    `${longer}, or cut them off with \`--now\`.`,
  );
}
