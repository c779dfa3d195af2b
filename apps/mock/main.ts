import { jsonLog } from "../shared/log";
import { run } from "../shared/run";
import { startMock } from "./app";
import { readMockConfig } from "./config";

run(async () => {
  const config = readMockConfig(process.env);
  const log = jsonLog(config.service, config.version);
  if (config.protocol === "http") return startMock(config, log);
  // Loaded only where it is spoken: it is larger than all the rest.
  const { startGrpcMock } = await import("./grpc/app");
  return startGrpcMock(config, log);
});
