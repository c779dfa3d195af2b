import { jsonLog } from "../shared/log";
import { run } from "../shared/run";
import { startSink } from "./app";
import { readSinkConfig } from "./config";

run(() => {
  const config = readSinkConfig(process.env);
  return startSink(config, jsonLog(config.service, config.version));
});
