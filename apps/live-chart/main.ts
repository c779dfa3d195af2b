import { jsonLog } from "../shared/log";
import { run } from "../shared/run";
import { startChart } from "./app";
import { readChartConfig } from "./config";

run(() => {
  const config = readChartConfig(process.env);
  return startChart(config, jsonLog(config.service, config.version));
});
