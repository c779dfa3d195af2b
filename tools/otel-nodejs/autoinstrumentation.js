// The operator starts Node.js with `--require <folder>/autoinstrumentation.js`. Everything is configured by the OTEL_*
// variables that it sets from the Instrumentation: OTEL_PROPAGATORS, OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_ENDPOINT.

// By default every start asks the metadata servers of all clouds. A cluster without a cloud waits for each of them.
process.env.OTEL_NODE_RESOURCE_DETECTORS ??= "env,host,os,process";
require("@opentelemetry/auto-instrumentations-node/register");
