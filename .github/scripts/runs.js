// The runs whose reports the comment of a pull request is made of. Usage: node .github/scripts/runs.js; it writes outputs of the step.
const { appendFileSync } = require("node:fs");
const { forge } = require("./forge");

/**
 * The newest runs of both workflows for the commit that an open pull request is at now, whichever run asks: so a run that is late tells
 * what there is, and none is missed that another one has overtaken.
 *
 * @param options `{ api, token, repository, head, headRepository, sleep }`; `head` is `owner:branch`, `headRepository` the number of
 *   its repository, which is another one where it is a fork's.
 * @returns `{ sha, preview, resources, waiting }`: runs that have finished, and the one of resources that has not; each may be undefined,
 *   and all are where no pull request is open.
 */
async function findRuns(options) {
  const { repository, head, headRepository } = options;
  const { list, openPulls } = forge(options);
  const isHead = ({ head_branch, head_repository }) =>
    head_repository?.id === headRepository && head_branch === head.slice(head.indexOf(":") + 1);
  const pulls = await openPulls(repository, head);
  const sha = pulls.find((pull) => pull.head?.repo?.id === headRepository)?.head.sha;
  if (sha === undefined) return {};
  const all = await list(`/repos/${repository}/actions/runs?event=pull_request&head_sha=${sha}`, "workflow_runs");
  const newest = (file) =>
    all
      .filter((run) => run.path === `.github/workflows/${file}` && isHead(run))
      .sort((a, b) => b.id - a.id)
      .map(({ id, html_url, status }) => ({ id, url: html_url, finished: status === "completed" }))[0];
  const finished = (run) => (run?.finished ? run : undefined);
  const [preview, resources] = [newest("preview.yml"), newest("resources.yml")];
  const waiting = resources?.finished ? undefined : resources;
  return { sha, preview: finished(preview), resources: finished(resources), waiting };
}

/** As a step's outputs: what is undefined is empty. */
function outputs({ sha, preview, resources, waiting }) {
  const values = {
    ...{ sha, preview: preview?.id, "preview-url": preview?.url },
    ...{ resources: resources?.id, "waiting-url": waiting?.url },
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value ?? ""}\n`)
    .join("");
}

async function main(env) {
  const found = await findRuns({
    ...{ api: env.GITHUB_API_URL, token: env.GITHUB_TOKEN, repository: env.GITHUB_REPOSITORY },
    ...{ head: env.HEAD, headRepository: Number(env.HEAD_REPOSITORY) },
  });
  const text = outputs(found);
  appendFileSync(env.GITHUB_OUTPUT, text);
  return text;
}

module.exports = { findRuns, main };

if (require.main === module) {
  main(process.env).then(
    (text) => process.stdout.write(text),
    (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    },
  );
}
