import { jsonLog } from "../shared/log";
import { run } from "../shared/run";
import { startHelloworld } from "./app";
import { readHelloworldConfig } from "./config";

run(() => {
  const config = readHelloworldConfig(process.env);
  return startHelloworld(config, jsonLog(config.service, config.version));
});
