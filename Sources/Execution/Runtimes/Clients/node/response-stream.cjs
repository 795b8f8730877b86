"use strict";

const { Writable } = require("stream");
const { InvalidStreamingOperation, toResponse } = require("./errors.cjs");

const errorTypeTrailer = "Lambda-Runtime-Function-Error-Type";
const errorBodyTrailer = "Lambda-Runtime-Function-Error-Body";

function trailersOf(error) {
  const response = toResponse(error);
  const body = Buffer.from(JSON.stringify(response)).toString("base64");
  return { [errorTypeTrailer]: encodeURI(response.errorType), [errorBodyTrailer]: body };
}

/**
 * What a streaming handler writes its response to: a request to the Runtime API that begins with the first write.
 *
 * An error after that is told in the request's trailers.
 */
class ResponseStream extends Writable {
  constructor(connection, line, highWaterMark) {
    super({ decodeStrings: true, highWaterMark });
    this.connection = connection;
    this.line = line;
    this.contentType = "application/octet-stream";
    this.isBegun = false;
    this.isFinished = false;
    this.trailers = {};
    // Set by HttpResponseStream; the name is AWS's.
    this._onBeforeFirstWrite = undefined;
    /** Resolves when the Runtime API has answered, which it does at the response's end. */
    this.answered = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
    this.answered.catch(() => {});
    // A handler that does not listen for errors is told of them by `answered`.
    this.on("error", () => {});
  }

  setContentType(contentType) {
    if (this.isBegun) throw new InvalidStreamingOperation("Cannot set content-type, too late.");
    this.contentType = contentType;
  }

  write(chunk, encoding, callback) {
    const isPlain = typeof chunk === "string" || chunk instanceof Uint8Array;
    const prelude = this._onBeforeFirstWrite;
    this._onBeforeFirstWrite = undefined;
    prelude?.((part) => super.write(part));
    return super.write(isPlain ? chunk : JSON.stringify(chunk), encoding, callback);
  }

  /** Ends the response with an error, and resolves when the Runtime API has it. */
  fail(error) {
    this.trailers = trailersOf(error);
    if (!this.writableEnded && !this.destroyed) this.end();
    return this.answered;
  }

  _write(chunk, _, callback) {
    this.begin();
    // A chunk of no bytes would be the last one.
    if (chunk.length === 0) return callback();
    this.send([`${chunk.length.toString(16)}\r\n`, chunk, "\r\n"], callback);
  }

  _writev(parts, callback) {
    this.begin();
    const chunks = parts.map((part) => part.chunk).filter((chunk) => chunk.length > 0);
    if (chunks.length === 0) return callback();
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.send([`${size.toString(16)}\r\n`, ...chunks, "\r\n"], callback);
  }

  _final(callback) {
    this.finish();
    // `finish` means that the Runtime API has it all.
    this.answered.then(() => callback(), callback);
  }

  /** `pipeline` destroys what it writes to where its source fails. */
  _destroy(error, callback) {
    if (!this.isFinished) {
      this.trailers = trailersOf(error ?? new InvalidStreamingOperation("The response stream was destroyed before its end."));
      this.finish();
    }
    callback(error);
  }

  begin() {
    if (this.isBegun) return;
    this.isBegun = true;
    const headers = {
      "Content-Type": this.contentType,
      "Lambda-Runtime-Function-Response-Mode": "streaming",
      "Transfer-Encoding": "chunked",
      Trailer: `${errorTypeTrailer}, ${errorBodyTrailer}`,
    };
    this.connection.begin(this.line, headers).then(this.resolve, (error) => {
      this.reject(error);
      this.destroy(error);
    });
  }

  finish() {
    this.begin();
    this.isFinished = true;
    const fields = Object.entries(this.trailers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.send([`0\r\n${fields.join("")}\r\n`]);
    this.connection.awaitAnswer();
  }

  /** Writes the parts at once; the last one's way to the kernel is what `callback` waits for. */
  send(parts, callback) {
    const socket = this.connection.socket;
    if (socket === undefined) return callback?.(new Error("the Runtime API has closed the connection"));
    socket.cork();
    for (const part of parts.slice(0, -1)) socket.write(part);
    socket.write(parts[parts.length - 1], callback);
    socket.uncork();
  }
}

module.exports = { ResponseStream };
