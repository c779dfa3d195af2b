// Modules that Pulumi's library and zod load in every process and that hardly any process uses: the TypeScript compiler
// and npm's arborist (to write closures as text, which our providers do not need: see process-provider.ts), exporters of
// traces, the automation API, a reader of YAML, zod's translations. They are more than half of what a program or a dynamic provider loads.
// Here each becomes a stand-in that loads the real module at its first use.
//
// Nothing depends on this file: without it, or with a version of a library that asks in another way, all of it works as
// before and takes longer. test/unit/bin/lazy-modules.test.ts sees to it that the names below are still the right ones.
const Module = require("node:module");
const { sep } = require("node:path");

/** Who asks (the end of the file's path) for what. */
const lazy = [
  { by: "@pulumi/pulumi/index.js", request: /^\.\/automation$/ },
  { by: "@pulumi/pulumi/runtime/closure/parseFunction.js", request: /^\.\.\/\.\.\/typescript-shim$/ },
  { by: "@pulumi/pulumi/runtime/closure/codePaths.js", request: /^(@npmcli\/arborist|normalize-package-data)$/ },
  { by: "@pulumi/pulumi/cmd/run/tracing.js", request: /^@opentelemetry\/(?!api$)/ },
  { by: "@pulumi/pulumi/runtime/manifest.js", request: /^js-yaml$/ },
  { by: "@pulumi/pulumi/automation/localWorkspace.js", request: /^js-yaml$/ },
  { by: "zod/v4/core/index.cjs", request: /^\.\.\/locales\/index\.cjs$/ },
  { by: "zod/v4/classic/external.cjs", request: /^\.\.\/locales\/index\.cjs$/ },
].map(({ by, request }) => ({ by: `${sep}node_modules${sep}${by.replaceAll("/", sep)}`, request }));

// YAML is read and written by commands; a program reads it where its config includes files. Hosts outside are asked for tools that are
// missing.
lazy.push({ by: ".ts", request: /^(yaml|undici)$/ });

/** The program of a stack takes all from the entry points of the package, and of what they name it uses a part. */
const entries = ["index.ts", "core.ts"].map((file) => ({ by: `${sep}library${sep}${file}`, request: /^\.\.\// }));
lazy.push(...entries);

/**
 * Compiled TypeScript copies a module that is no ES module, which would load it. So the stand-in always says that it is
 * one, and does what the copy would do: `default` is the module itself.
 */
function standIn(load) {
  let loaded;
  const real = () => {
    loaded ??= { module: load() };
    return loaded.module;
  };
  // A function, because the module may be one. An arrow function has no property that a proxy must report.
  return new Proxy(() => {}, {
    get(_target, key) {
      if (key === "__esModule") return true;
      const module = real();
      return key === "default" && !module.__esModule ? module : module[key];
    },
    set: (_target, key, value) => Reflect.set(real(), key, value),
    has: (_target, key) => key in real(),
    ownKeys: () => Reflect.ownKeys(real()),
    getOwnPropertyDescriptor(_target, key) {
      const descriptor = Reflect.getOwnPropertyDescriptor(real(), key);
      return descriptor && { ...descriptor, configurable: true };
    },
    apply: (_target, self, args) => Reflect.apply(real(), self, args),
    construct: (_target, args, newTarget) => Reflect.construct(real(), args, newTarget),
  });
}

const load = Module._load;
Module._load = function (request, parent, isMain) {
  const asker = parent?.filename;
  const isLazy = asker && lazy.some((rule) => rule.request.test(request) && asker.endsWith(rule.by));
  return isLazy ? standIn(() => load.call(this, request, parent, isMain)) : load.call(this, request, parent, isMain);
};
