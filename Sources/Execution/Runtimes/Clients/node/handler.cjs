"use strict";

const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");
const { pathToFileURL } = require("url");
const errors = require("./errors.cjs");
const streaming = require("./streaming.cjs");
const { major } = require("./version.cjs");

// Error messages name the file that requires: AWS's runtime has this one.
const requireOfRuntime = createRequire("/var/runtime/index.mjs");

const callbackMessage =
  "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to " +
  "use a supported handler signature to use Node.js 24 or later. For more information see " +
  "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.";

/**
 * Loads the handler that a function names.
 *
 * @param root The deployment package's folder.
 * @param name `FOLDER/MODULE.EXPORT`, where the export may be a property of a property.
 * @returns The function, whether it `streams`, and its `highWaterMark`.
 */
async function loadHandler(root, name) {
  if (name.includes("..")) {
    throw new errors.MalformedHandlerName(
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const base = path.basename(name);
  const folder = name.slice(0, name.indexOf(base));
  const dot = base.indexOf(".");
  if (dot < 0) throw new errors.MalformedHandlerName("Bad handler");
  globalThis.awslambda = { HttpResponseStream: streaming.HttpResponseStream, streamifyResponse: streaming.streamifyResponse };

  const exports = await loadModule(root, folder, base.slice(0, dot));
  const found = base.slice(dot + 1).split(".").reduce((value, key) => value && value[key], exports);
  if (!found) throw new errors.HandlerNotFound(`${name} is undefined or not exported`);
  if (typeof found !== "function") throw new errors.HandlerNotFound(`${name} is not a function`);
  return described(found);
}

function described(handler) {
  const mode = handler[streaming.streaming];
  if (mode && mode !== "response") throw new errors.MalformedStreamingHandler("Only response streaming is supported.");
  if (!mode && major >= 24 && handler.length >= 3) throw new errors.CallbackHandlerDeprecated(callbackMessage);
  const highWaterMark = Number(handler[streaming.highWaterMark]) || undefined;
  return { handler, streams: Boolean(mode), highWaterMark };
}

async function loadModule(root, folder, module) {
  try {
    const base = path.resolve(root, folder, module);
    for (const [extension, load] of loaders(path.dirname(base))) {
      if (!fs.existsSync(base + extension)) continue;
      const exports = await load(base + extension);
      if (exports) return exports;
    }
    return requireOfRuntime(requireOfRuntime.resolve(module, { paths: [root, path.join(root, folder)] }));
  } catch (error) {
    if (error instanceof SyntaxError) throw new errors.UserCodeSyntaxError(error);
    if (error?.code === "MODULE_NOT_FOUND") throw new errors.ImportModuleError(error);
    throw error;
  }
}

/** Extensions of a handler's file in the order in which they are tried, and who loads such a file. */
function loaders(folder) {
  const isModule = isPackageOfModules(folder);
  const load = (path) => import(pathToFileURL(path));
  const byPackage = isModule ? load : requireOfRuntime;
  const list = [["", requireOfRuntime], [".js", byPackage], [".mjs", load], [".cjs", requireOfRuntime]];
  if (major >= 24) list.push([".ts", byPackage], [".mts", load], [".cts", requireOfRuntime]);
  return list;
}

/** Whether the nearest package.json says that .js files are ES modules. */
function isPackageOfModules(folder) {
  if (folder.endsWith("/node_modules")) return false;
  const file = path.join(folder, "package.json");
  if (fs.existsSync(file)) {
    try {
      return JSON.parse(fs.readFileSync(file, "utf8")).type === "module";
    } catch (error) {
      console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error);
      return false;
    }
  }
  return folder === "/" ? false : isPackageOfModules(path.dirname(folder));
}

module.exports = { loadHandler };
