// One comment for the preview of a pull request, made once and changed in place.
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { forge, ForgeError } = require("./forge");

/** GitHub takes 65,536 characters. */
const limit = 60_000;
const mark = "mesh-lanes preview";

/** The first line of the comment: whose it is, and which run wrote it. */
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
  const pulls = await forge(options).list(`/repos/${repository}/pulls?state=open&head=${encodeURIComponent(head)}`);
  return pulls.find((pull) => pull.head?.sha === sha)?.number;
}

/** Reports of several stacks as one text: verdicts and risks of all, then as many of the rest as there is room for. */
function combine(reports, note = "") {
  const parts = reports.map((text) => {
    const at = text.indexOf("<details>");
    return at < 0 ? { head: text, rest: "" } : { head: text.slice(0, at), rest: text.slice(at) };
  });
  const room = limit - note.length - 500;
  const verdict = ({ head }) => head.slice(0, head.indexOf("\n| ") < 0 ? undefined : head.indexOf("\n| "));
  const heads = parts.map(({ head }) => head);
  const length = () => heads.reduce((sum, head) => sum + head.length + 1, 0);
  // The longest are told by their verdict alone.
  for (const index of [...parts.keys()].sort((a, b) => heads[b].length - heads[a].length)) {
    if (length() > room)
      heads[index] = `${verdict(parts[index])}\n\nThe list of changes is too long here: see the artifact.\n`;
  }
  let used = length();
  const texts = parts.map(({ rest }, index) => {
    if (used + rest.length > room) return heads[index];
    used += rest.length;
    return heads[index] + rest;
  });
  return [...(note === "" ? [] : [note]), ...texts].join("\n").slice(0, limit);
}

/** What another repository's code wrote may not speak for us: no mentions, no marks of ours. */
function untrusted(text) {
  return text.replaceAll("<!--", "&lt;!--").replace(/@(?!\u200b)/g, "@\u200b");
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
    ...{ head: env.HEAD, sha: env.HEAD_SHA, run: Number(env.RUN_NUMBER), author: "github-actions[bot]" },
  };
  const names = readdirSync(env.PREVIEW).sort();
  const files = reportsOf(names);
  const texts = files.map((name) => untrusted(readFileSync(join(env.PREVIEW, name), "utf8")));
  const note = env.FORK === "true" ? "_Made by the code of a fork: look at the files too._\n" : "";
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
