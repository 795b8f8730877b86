"use strict";

const { NodeJsExit } = require("./errors.cjs");

const isNothing = (error) => error === undefined || error === null;

/**
 * The ways in which a handler of Node.js 22 and before may tell its result: `callback`, and the context's `done`, `succeed` and `fail`.
 * The first call of all counts.
 *
 * @param tell Has `respond(result)` and `fail(error)`, of which one is called, once.
 * @param isAsync Whether the handler is an async function, whose promise has to be settled.
 */
function makeCallbackContext(tell, afterLoop, isAsync) {
  let isSettled = false;
  let waitsForLoop = true;
  const settle = (perform) => {
    if (isSettled) return;
    isSettled = true;
    afterLoop.clear();
    perform();
  };
  const succeed = (result) => settle(() => tell.respond(result));
  const fail = (error) => settle(() => tell.fail(isNothing(error) ? "handled" : error));
  const done = (error, result) => (isNothing(error) ? succeed(result) : fail(error));
  const callback = (error, result) => {
    if (!waitsForLoop || !isNothing(error)) return done(error, result);
    settle(() => afterLoop.set(() => tell.respond(result)));
  };
  const context = {
    get callbackWaitsForEmptyEventLoop() {
      return waitsForLoop;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      waitsForLoop = value;
    },
    succeed,
    fail,
    done,
  };
  afterLoop.set(() => (isAsync ? fail(new NodeJsExit()) : succeed(null)));
  return { callback, context };
}

module.exports = { makeCallbackContext };
