"use strict";

/** A class of errors of the runtime itself, whose type AWS names `Runtime.…`. */
function errorClass(kind, messageOf = (message) => message) {
  const type = class extends Error {
    constructor(cause) {
      super(messageOf(cause));
    }
  };
  Object.defineProperty(type, "name", { value: kind });
  type.prototype.name = `Runtime.${kind}`;
  return type;
}

/** Its trace goes on with the place in the function's code, which only the stack of the cause has. */
class UserCodeSyntaxError extends errorClass("UserCodeSyntaxError", String) {
  constructor(cause) {
    super(cause);
    const value = `${this.name}: ${this.message}\n${cause.stack}`;
    Object.defineProperty(this, "stack", { value });
  }
}

class UnhandledPromiseRejection extends errorClass("UnhandledPromiseRejection") {
  constructor(reason, promise) {
    super(reason);
    Object.assign(this, { reason, promise });
  }
}

const exitMessage =
  "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. " +
  "For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes";

function hasErrorsProperties(value) {
  return value instanceof Error || ["name", "message", "stack"].every((key) => typeof value?.[key] === "string" && value[key]);
}

/** What the Runtime API is told of an error, which may be anything that was thrown. */
function toResponse(error) {
  // A DEL is refused in a header's value.
  const clean = (text) => text.replace(/\x7F/g, "%7F");
  try {
    if (!hasErrorsProperties(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
    // It goes into a header, where half of a pair of UTF-16 is no character.
    const errorType = Buffer.from(clean(error.name)).toString();
    return { errorType, errorMessage: clean(error.message), trace: clean(error.stack ?? "").split("\n") };
  } catch {
    const errorMessage =
      "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack";
    return { errorType: "handled", errorMessage, trace: [] };
  }
}

module.exports = {
  CallbackHandlerDeprecated: errorClass("CallbackHandlerDeprecated"),
  HandlerNotFound: errorClass("HandlerNotFound"),
  ImportModuleError: errorClass("ImportModuleError", String),
  InvalidStreamingOperation: errorClass("InvalidStreamingOperation"),
  JSONStringifyError: errorClass("JSONStringifyError"),
  MalformedHandlerName: errorClass("MalformedHandlerName"),
  MalformedStreamingHandler: errorClass("MalformedStreamingHandler"),
  NodeJsExit: errorClass("NodeJsExit", () => exitMessage),
  UnhandledPromiseRejection,
  UserCodeSyntaxError,
  toResponse,
};
