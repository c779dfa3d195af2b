// One comment for the preview of a pull request, made once and changed in place.
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { forge, ForgeError } = require("./forge");

/** GitHub takes 65,536 characters, with the line that says whose comment it is. */
const limit = 60_000;
const mark = "mesh-lanes preview";

/**
 * The first line of the comment: whose it is, and which run wrote it. Both workflows that a comment is made of start the same one, so
 * its number is one order: a later run has all that an earlier one had.
 */
function marker(run) {
  return `<!-- ${mark} run=${run} -->`;
}

function runOf(body) {
  const found = new RegExp(`^<!-- ${mark} run=(\\d+) -->`).exec(body ?? "");
  return found ? Number(found[1]) : undefined;
}

/**
 * @param options `{ api, token, repository, pull, run, body, author, sleep }`; `run` is a number that grows with each run,
 *   `author` the login that the token writes as.
 * @returns what was done: `created`, `updated`, `newer` (a later run was there before).
 */
async function writeComment(options) {
  const { repository, pull, run, author } = options;
  const { call, list } = forge(options);
  const body = `${marker(run)}\n${options.body}`;
  const path = `/repos/${repository}/issues/${pull}/comments`;
  // Others may write the mark too; only comments of our own can be changed, and are.
  const mine = async () => {
    const all = await list(path);
    return all.filter((comment) => comment.user?.login === author && runOf(comment.body) !== undefined);
  };
  const one = ({ id }) => `/repos/${repository}/issues/comments/${id}`;
  const gone = (error) => {
    if (!(error instanceof ForgeError) || error.status !== 404) throw error;
  };

  for (let round = 0; round < 4; round += 1) {
    const [first, ...others] = (await mine()).sort((a, b) => a.id - b.id);
    if (!first) {
      // It may have been made though the answer was lost, so we look before we try again.
      await call("POST", path, { body }).catch((error) => {
        if (!(error instanceof ForgeError) || (error.status !== 0 && error.status < 500)) throw error;
      });
      const after = await mine();
      if (after.length === 1 && after[0].body === body) return "created";
      continue;
    }
    // Two runs at once made one each: the oldest stays, whoever comes by first removes the rest.
    for (const other of others) await call("DELETE", one(other)).catch(gone);
    const newest = Math.max(...[first, ...others].map((comment) => runOf(comment.body)));
    if (newest > run) {
      const other = others.find((comment) => runOf(comment.body) === newest);
      if (other) await call("PATCH", one(first), { body: other.body }).catch(gone);
      return "newer";
    }
    try {
      await call("PATCH", one(first), { body });
      return "updated";
    } catch (error) {
      // Somebody deleted it meanwhile.
      gone(error);
    }
  }
  throw new Error(`the comment of ${repository}#${pull} is lost each time it is made`);
}

/**
 * The open pull request of a run. The run of a fork does not name it, and what the fork's code says is not believed.
 *
 * @param options `{ api, token, repository, head, sha }`; `head` is `owner:branch`.
 */
async function findPull(options) {
  const { repository, head, sha } = options;
  const pulls = await forge(options).openPulls(repository, head);
  return pulls.find((pull) => pull.head?.sha === sha)?.number;
}

/** Room for one line that says what is left out. */
const leftRoom = 150;
/** A stack of which there is less to tell is counted. */
const leastHead = 200;
const artifact = "see the artifact of the run";

/** A report of `lanes preview --markdown`: what is told of each stack, its folded parts, and how many it left out itself. */
function partsOf(report) {
  const [tail = "", left = "0"] = /\n(\d+) more parts? (?:is|are) too long for a comment: [^\n]*\n$/.exec(report) ?? [];
  const [head = "", ...sections] = report.slice(0, report.length - tail.length).split(/^(?=<details>)/m);
  return { head, sections, left: Number(left) };
}

/** A head in at most so many characters: verdict and greatest risks first; rows that are left out are counted. */
function fitted(head, most) {
  if (head.length <= most) return head;
  const lines = head.split("\n");
  const isRow = (line, index) => line.startsWith("| ") && !/^\|-/.test(lines[index + 1] ?? "");
  const rows = lines.filter(isRow).length;
  const others = lines.filter((line, index) => !isRow(line, index)).join("\n");
  let room = most - others.length - leftRoom;
  if (rows > 0 && room > 0) {
    let told = 0;
    let full = false;
    const kept = lines.flatMap((line, index) => {
      if (!isRow(line, index)) return [line];
      // The greatest risk comes first, so nothing after the first that is too long is told.
      full ||= line.length + 1 > room;
      if (full) return [];
      room -= line.length + 1;
      told += 1;
      return [line];
    });
    const last = kept.findLastIndex((line) => line.startsWith("|"));
    kept.splice(last + 1, 0, `| | | and ${rows - told} more changes: ${artifact} |`);
    return kept.join("\n");
  }
  const [title = "", , verdict = ""] = lines;
  const short = `${title.slice(0, leastHead / 2)}\n\n`;
  const end = `\n\nToo long here: ${artifact}.\n`;
  const bold = verdict.endsWith("**") ? "…**" : "…";
  const left = most - short.length - end.length;
  return short + (verdict.length <= left ? verdict : verdict.slice(0, left - bold.length) + bold) + end;
}

/** 0 for a stack with danger, 1 with something to look at, 2 for any other. */
function rankOf({ head }) {
  const at = ["\n🔴 ", "\n🟠 "].findIndex((sign) => head.includes(sign));
  return at < 0 ? 2 : at;
}

/**
 * Reports of several stacks as one text: verdicts and risks of all, then as many of the folded parts as there is room for, one
 * of each stack in turn. What is left out is counted.
 */
function combine(reports, note = "") {
  const whole = [...(note === "" ? [] : [note]), ...reports].join("\n");
  if (whole.length <= limit) return whole;
  const room = limit - note.length - 2 * leftRoom;
  const all = reports.map(partsOf);
  const most = Math.floor(room / (leastHead + leftRoom));
  const chosen = new Set([...all].sort((a, b) => rankOf(a) - rankOf(b)).slice(0, most));
  const parts = all.filter((part) => chosen.has(part));
  const heads = new Map();
  let used = parts.length * (leftRoom + 1);
  // What a short one does not need is for the longer ones.
  for (const [index, part] of [...parts].sort((a, b) => a.head.length - b.head.length).entries()) {
    const head = fitted(part.head, Math.floor((room - used) / (parts.length - index)));
    heads.set(part, head);
    used += head.length;
  }
  const told = new Map(parts.map((part) => [part, []]));
  const longest = Math.max(0, ...parts.map(({ sections }) => sections.length));
  for (let index = 0; index < longest; index += 1) {
    for (const part of parts) {
      const section = part.sections[index];
      if (section === undefined || used + section.length > room) continue;
      used += section.length;
      told.get(part).push(section);
    }
  }
  const texts = parts.map((part) => {
    const left = part.left + part.sections.length - told.get(part).length;
    const verb = left === 1 ? "part is" : "parts are";
    const tail = left > 0 ? `\n${left} more ${verb} too long for a comment: ${artifact}.\n` : "";
    return heads.get(part) + told.get(part).join("") + tail;
  });
  const missing = all.length - parts.length;
  const more = missing > 0 ? [`and ${missing} more stacks: ${artifact}\n`] : [];
  return [...(note === "" ? [] : [note]), ...texts, ...more].join("\n");
}

/** What another repository's code wrote may not speak for us: no mentions, no marks of ours. */
function untrusted(text) {
  return text.replaceAll("<!--", "&lt;!--").replace(/@(?!\u200b)/g, "@\u200b");
}

function waitingNote(url) {
  return `_From the configs alone. What Pulumi would do follows when [its preview](${url}) has finished, which may wait for an approval._\n`;
}

function bodyOf(names, texts, note, url) {
  // The last thing that preview.js writes: without it nobody knows what the other stacks do.
  if (!names.includes("stacks.json")) return `The preview of the lanes failed: ${url}\n`;
  return texts.length > 0 ? combine(texts, note) : "No stack changes what its lanes do.\n";
}

/** One report for each stack: what `pulumi preview` found where it ran, else what the configs tell. */
function reportsOf(names) {
  return names.filter((name) => name.endsWith(".md") && !names.includes(name.replace(/\.md$/, ".pulumi.md")));
}

async function main(env) {
  const options = {
    ...{ api: env.GITHUB_API_URL, token: env.GITHUB_TOKEN, repository: env.GITHUB_REPOSITORY },
    ...{ head: env.HEAD, sha: env.HEAD_SHA, run: Number(env.GITHUB_RUN_NUMBER), author: "github-actions[bot]" },
  };
  const names = readdirSync(env.PREVIEW).sort();
  const files = reportsOf(names);
  const texts = files.map((name) => untrusted(readFileSync(join(env.PREVIEW, name), "utf8")));
  const fork = env.FORK === "true" ? "_Made by the code of a fork: look at the files too._\n" : "";
  const note = fork + (env.WAITING_URL && files.length > 0 ? waitingNote(env.WAITING_URL) : "");
  const pull = await findPull(options);
  if (pull === undefined) return `no open pull request of ${options.head} is at ${options.sha}`;
  return writeComment({ ...options, pull, body: bodyOf(names, texts, note, env.RUN_URL) });
}

module.exports = { main, writeComment, findPull, combine, reportsOf, untrusted, limit };

if (require.main === module) {
  main(process.env).then(
    (done) => process.stdout.write(`${done}\n`),
    (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    },
  );
}
