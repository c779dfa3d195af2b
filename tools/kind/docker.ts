import { spawnSync } from "node:child_process";

/** A desktop's Docker that is starting can take long to answer; a program start must not. */
const timeoutMilliseconds = 3000;

/** Whether a Docker engine answers. A client without an engine does not count. */
export function dockerAnswers(env: NodeJS.ProcessEnv = process.env): boolean {
  const result = spawnSync("docker", ["version", "--format", "{{.Server.Version}}"], {
    env,
    timeout: timeoutMilliseconds,
    stdio: "ignore",
  });
  return result.status === 0;
}
