import { jsonLog } from "../shared/log";
import { run } from "../shared/run";
import { startEcho } from "./app";
import { readEchoConfig } from "./config";

run(() => {
  const config = readEchoConfig(process.env);
  return startEcho(config, jsonLog(config.service, config.version));
});
