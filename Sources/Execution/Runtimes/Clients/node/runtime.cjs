"use strict";

const { makeCallbackContext } = require("./callback-context.cjs");
const { makeContext } = require("./context.cjs");
const { JSONStringifyError, NodeJsExit } = require("./errors.cjs");
const { logError, setRequestID } = require("./log.cjs");
const { major } = require("./version.cjs");

const isPromise = (value) => typeof value?.then === "function";

/** Runs a handler's invocations, one after the other. */
class Runtime {
  constructor(api, { handler, streams, highWaterMark }, afterLoop) {
    this.api = api;
    this.handler = handler;
    this.highWaterMark = highWaterMark;
    this.afterLoop = afterLoop;
    this.runOnce = streams ? this.runStreaming : major >= 24 ? this.runAsync : this.runWithCallback;
  }

  /** Runs one invocation and resolves when the runtime may ask for the next one. */
  async run(invocation) {
    setRequestID(invocation.requestID);
    await this.runOnce(invocation);
    this.afterLoop.clear();
  }

  /** From Node.js 24 on a handler gives a value or a promise. */
  async runAsync(invocation) {
    const { requestID } = invocation;
    const unsettled = this.afterLoop.reached().then(() => Promise.reject(new NodeJsExit()));
    unsettled.catch(() => {});
    try {
      const result = this.handler(JSON.parse(invocation.event), makeContext(invocation));
      await this.respond(requestID, await Promise.race([result, unsettled]));
    } catch (error) {
      await this.fail(requestID, error);
    }
  }

  /** Until Node.js 22 it may call back instead. */
  runWithCallback(invocation) {
    return new Promise((resolve, reject) => {
      const { requestID } = invocation;
      const tell = {
        respond: (result) => this.respond(requestID, result).then(resolve, reject),
        fail: (error) => this.fail(requestID, error).then(resolve, reject),
      };
      const isAsync = this.handler.constructor?.name === "AsyncFunction";
      const { callback, context } = makeCallbackContext(tell, this.afterLoop, isAsync);
      try {
        const result = this.handler(JSON.parse(invocation.event), Object.assign(context, makeContext(invocation)), callback);
        if (isPromise(result)) result.then(context.succeed, context.fail);
      } catch (error) {
        context.fail(error);
      }
    });
  }

  /** A handler that writes its response to a stream. */
  async runStreaming(invocation) {
    const stream = this.api.stream(invocation.requestID, this.highWaterMark);
    const context = { ...(major < 24 ? { callbackWaitsForEmptyEventLoop: true } : {}), ...makeContext(invocation) };
    const unfinished = this.afterLoop.reached().then(() => Promise.reject("Response stream is not finished."));
    unfinished.catch(() => {});
    try {
      const handled = this.handler(JSON.parse(invocation.event), stream, context);
      if (!isPromise(handled)) throw "Streaming does not support non-async handlers.";
      const result = await Promise.race([handled, unfinished]);
      if (result !== undefined) console.warn("Streaming handlers ignore return values.");
      await Promise.race([stream.answered, unfinished]);
    } catch (error) {
      logError("Invoke Error", error);
      await stream.fail(error).catch(() => {});
      return;
    }
    if (context.callbackWaitsForEmptyEventLoop) await this.afterLoop.reached();
  }

  respond(requestID, result) {
    let json;
    try {
      // A function or a symbol has no JSON.
      json = JSON.stringify(result === undefined ? null : result) ?? "null";
    } catch {
      const message = "Unable to stringify response body";
      return this.fail(requestID, major >= 24 ? new JSONStringifyError(message) : new Error(message));
    }
    return this.api.respond(requestID, json);
  }

  fail(requestID, error) {
    logError("Invoke Error", error);
    return this.api.fail(requestID, error);
  }
}

module.exports = { Runtime };
