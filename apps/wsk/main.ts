import { jsonLog } from "../shared/log";
import { run } from "../shared/run";
import { startWsk } from "./app";
import { readWskConfig } from "./config";

run(() => {
  const config = readWskConfig(process.env);
  return startWsk(config, jsonLog(config.service, config.version));
});
