// Runs before `npm start`, `npm test` and `npm run stop`: a bare clone has no packages yet, so this file may use
// nothing but Node itself. It installs the locked packages once and again whenever the lock file changes.
const { createHash } = require("node:crypto");
const { spawnSync } = require("node:child_process");
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const stamp = join(root, "node_modules", ".mesh-lanes-lock");

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

// package.json says which Node.js is the oldest, as ">=MAJOR.MINOR".
const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const oldest = engines.node.slice(2);
const [major, minor] = process.versions.node.split(".").map(Number);
const [oldestMajor, oldestMinor] = oldest.split(".").map(Number);
if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  fail(
    `Node ${process.versions.node} is too old: mesh-lanes needs Node ${oldest} or newer. Install it and run this again.`,
  );
}

const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
// The stamp is written last, so an install that was killed half-way is done again.
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  const startedAt = Date.now();
  process.stderr.write("installing the locked npm packages (npm ci)\n");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const install = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (install.status !== 0) {
    fail("npm ci failed (see above). Check that the npm registry can be reached, then run this again.");
  }
  writeFileSync(stamp, lock);
  process.stderr.write(`npm packages: ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
}
