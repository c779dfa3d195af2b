// A Lua 5.1 interpreter, the language of Envoy's LuaJIT: runs what it reads from its input, as `lua -` does. It is the
// reference implementation compiled to WebAssembly, so no machine has to have one installed. A process of its own, because
// the binding aborts on every unhandled rejection of the process that loads it.
const { readFileSync } = require("node:fs");
const { LUA_OK } = require("lua-wasm-bindings/dist/lua");
const { lauxlib, lua, lualib } = require("lua-wasm-bindings/dist/lua.51");

const state = lauxlib.luaL_newstate();
lualib.luaL_openlibs(state);
if (lauxlib.luaL_dostring(state, readFileSync(0, "utf8")) !== LUA_OK) {
  process.stderr.write(`${lua.lua_tostring(state, -1)}\n`);
  process.exitCode = 1;
}
lua.lua_close(state);
