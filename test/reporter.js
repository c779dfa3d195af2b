// Mocha's spec reporter, closed by one plain line that any CI can count.
const Mocha = require("mocha");
const closingLine = require("./closing-line");

class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      process.stdout.write(closingLine(this.stats));
    });
  }
}

module.exports = CountingReporter;
