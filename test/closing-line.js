// The one line that a run of tests closes with, which any CI can count.
module.exports = ({ passes, failures, pending }) =>
  `${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}\n`;
