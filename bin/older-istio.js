#!/usr/bin/env node
// `npm run older-istio [-- NODE]`: the oldest tested Istio, ready to be installed on the running embedded node.
require("./lazy-modules");
require("./source-maps").mapTraces();
const { nodeConfig } = require("../tools/embedded/config");
const { provideOlderIstio } = require("../tools/images/older-istio");
const { LineReporter } = require("../tools/report/reporter");
const { UserError } = require("../tools/user-error");

provideOlderIstio(nodeConfig({ name: process.argv[2] }), new LineReporter(1)).then(
  (istio) => process.stdout.write(`${istio ? istio.charts : "the node pulls the images, and Helm the charts"}\n`),
  (error) => {
    process.stderr.write(`${error instanceof UserError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  },
);
