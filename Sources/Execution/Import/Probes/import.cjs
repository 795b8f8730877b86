"use strict";
const fs = require("node:fs"), path = require("node:path");
const name = process.argv[2], major = parseInt(process.versions.node);

// A report that the pipe holds whole: nobody reads before the process has ended.
function tell(report) {
  fs.writeSync(6, JSON.stringify(report) + "\n");
  process.removeAllListeners("exit");
  process.exit(0);
}

function text(get, limit) {
  try {
    return String(get()).slice(0, limit);
  } catch {
    return "";
  }
}

function fail(error) {
  const code = text(() => error?.code, 512);
  const isMissing = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
  const message = text(() => error?.message ?? error, 8192);
  const missing = isMissing ? /'([^']{1,512})'/.exec(message)?.[1] : undefined;
  tell({ type: text(() => error?.name ?? typeof error, 512), message, missing });
}

process.on("uncaughtException", fail);
const esmOnly = ["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE", "ERR_PACKAGE_PATH_NOT_EXPORTED"];
try {
  require(name);
  tell({});
} catch (error) {
  // Packages that can only be imported are found through NODE_PATH as AWS does from Node 18: a link beside the importing file leads there.
  const folder = process.env.NODE_PATH.split(":").find((folder) => fs.existsSync(path.join(folder, name)));
  if (major < 18 || folder === undefined || !esmOnly.includes(error?.code)) fail(error);
  fs.symlinkSync(folder, "/tmp/node_modules");
  fs.writeFileSync("/tmp/import.mjs", "export default (name) => import(name);\n");
  import("/tmp/import.mjs").then((module) => module.default(name)).then(() => tell({}), fail);
}
