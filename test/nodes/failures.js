// Mocha's shortest reporter: only the failures, and the closing line of test/reporter.js.
const Mocha = require("mocha");
const closingLine = require("../closing-line");

class FailuresReporter extends Mocha.reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures);
      process.stdout.write(closingLine(this.stats));
    });
  }
}

module.exports = FailuresReporter;
