import { jsonLog } from "../shared/log";
import { run } from "../shared/run";
import { startMock } from "./app";
import { readMockConfig } from "./config";

run(async () => {
  const config = readMockConfig(process.env);
  const log = jsonLog(config.service, config.version);
  const grpcPort = config.protocol === "grpc" ? config.port : config.grpcPort;
  const http = config.protocol === "http" ? [await startMock(config, log)] : [];
  // Loaded only where it is spoken: it is larger than all the rest.
  const grpc =
    grpcPort === undefined
      ? []
      : [await (await import("./grpc/app")).startGrpcMock({ ...config, port: grpcPort }, log)];
  return { stop: async () => void (await Promise.all([...http, ...grpc].map((server) => server.stop()))) };
});
