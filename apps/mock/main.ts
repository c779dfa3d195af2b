import { jsonLog } from "../shared/log";
import { run } from "../shared/run";
import { startMock } from "./app";
import { readMockConfig } from "./config";

run(() => {
  const config = readMockConfig(process.env);
  return startMock(config, jsonLog(config.service, config.version));
});
