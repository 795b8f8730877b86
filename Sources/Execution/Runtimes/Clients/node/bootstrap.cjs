"use strict";

// A client of Lambda's Runtime API for Node.js: loads the function's handler and runs its invocations, as AWS's runtimes do.

const { AfterLoop } = require("./after-loop.cjs");
const { UnhandledPromiseRejection } = require("./errors.cjs");
const { loadHandler } = require("./handler.cjs");
const { logError, patchConsole } = require("./log.cjs");
const { Runtime } = require("./runtime.cjs");
const { RuntimeAPI } = require("./runtime-api.cjs");

const uncaughtStatus = 129;
const unhandledStatus = 128;

const api = new RuntimeAPI(process.env.AWS_LAMBDA_RUNTIME_API);
const afterLoop = new AfterLoop();
/** The invocation that an error outside of a handler is told for; undefined in the init phase. */
let requestID;

function end(error, status) {
  const told = requestID === undefined ? api.failInit(error) : api.fail(requestID, error);
  const exit = () => process.exit(status);
  told.then(exit, exit);
}

async function start() {
  const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  const runtime = new Runtime(api, handler, afterLoop);
  for (;;) {
    const invocation = await api.next();
    requestID = invocation.requestID;
    await runtime.run(invocation);
  }
}

patchConsole();
process.on("uncaughtException", (error) => {
  logError("Uncaught Exception", error);
  end(error, uncaughtStatus);
});
process.on("unhandledRejection", (reason, promise) => {
  const error = new UnhandledPromiseRejection(reason, promise);
  logError("Unhandled Promise Rejection", error);
  end(error, unhandledStatus);
});
start().catch((error) => {
  logError("Uncaught Exception", error);
  end(error, uncaughtStatus);
});
