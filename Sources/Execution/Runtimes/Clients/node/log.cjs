"use strict";

const { format } = require("util");
const { toResponse } = require("./errors.cjs");

const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
// Where AWS's runtime keeps it, and tracing libraries look for it.
const requestID = Symbol.for("aws.lambda.runtime.requestId");

function setRequestID(id) {
  globalThis[requestID] = id;
}

function textLine(time, level, parameters) {
  return `${time}\t${globalThis[requestID]}\t${level}\t${format(...parameters)}`;
}

function described(error) {
  const stackTrace = typeof error.stack === "string" ? error.stack.split("\n") : [];
  return { errorType: error.constructor?.name ?? "UnknownError", errorMessage: error.message, stackTrace };
}

function jsonLine(time, level, parameters) {
  const line = { timestamp: time, level, requestId: globalThis[requestID] };
  if (parameters.length === 1) {
    line.message = parameters[0];
    try {
      return JSON.stringify(line, (_, value) => (value instanceof Error ? { ...described(value), ...value } : value));
    } catch {
      // What JSON cannot hold, such as a cycle, is told as text.
    }
  }
  line.message = format(...parameters);
  const error = parameters.find((parameter) => parameter instanceof Error);
  return JSON.stringify(error && parameters.length > 1 ? { ...line, ...described(error) } : line);
}

const isJSON = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === "JSON";
const makeLine = isJSON ? jsonLine : textLine;

/** Writes one entry, which is one line whatever is in it. */
function write(level, parameters) {
  process.stdout.write(makeLine(new Date().toISOString(), level, parameters).replace(/\n/g, "\r") + "\n");
}

/** Makes the methods of `console` write entries in AWS's format, from the level of AWS_LAMBDA_LOG_LEVEL on. */
function patchConsole() {
  const lowest = Math.max(0, levels.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()));
  levels.forEach((level, index) => {
    console[level.toLowerCase()] = index < lowest ? () => {} : (...parameters) => write(level, parameters);
  });
  console.log = console.info;
}

function withHiddenProperties(value) {
  if (!(value instanceof Error)) return value;
  const stack = typeof value.stack === "string" ? { stack: value.stack.split("\n") } : {};
  return { errorType: value.name, errorMessage: value.message, code: value.code, ...value, ...stack };
}

function textOf(thrown) {
  try {
    return String(thrown);
  } catch {
    // An object without a prototype has no text.
    return toResponse(thrown).errorMessage;
  }
}

/** Logs an error that is told to the Runtime API too. */
function logError(message, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(textOf(thrown));
  if (isJSON) return console.error(error);
  let text;
  try {
    text = JSON.stringify(error, (_, value) => withHiddenProperties(value));
  } catch {
    text = JSON.stringify(toResponse(error));
  }
  console.error(message, `\t${text}`);
}

module.exports = { logError, patchConsole, setRequestID };
