"use strict";

const { Connection } = require("./connection.cjs");
const { toResponse } = require("./errors.cjs");

const path = "/2018-06-01/runtime";

/** Lambda's Runtime API (AWS: "Using the Lambda runtime API"). */
class RuntimeAPI {
  /** @param address `HOST:PORT` */
  constructor(address) {
    [this.host, this.port] = address.split(":");
    this.connection = new Connection(this.host, this.port);
  }

  /** Waits for the next invocation: its id, its headers by lower-case name, and the event's JSON. */
  async next() {
    const response = await this.connection.request(`GET ${path}/invocation/next`, {});
    if (response.status !== 200) throw new Error(`the Runtime API gives no invocation: ${response.status} ${response.text}`);
    return { requestID: response.headers["lambda-runtime-aws-request-id"], headers: response.headers, event: response.text };
  }

  respond(requestID, json) {
    return this.post(`invocation/${requestID}/response`, json);
  }

  fail(requestID, error) {
    return this.postError(`invocation/${requestID}/error`, error);
  }

  failInit(error) {
    return this.postError("init/error", error);
  }

  /** The stream that a handler writes its response to. */
  stream(requestID, highWaterMark) {
    // Few functions need it.
    const { ResponseStream } = require("./response-stream.cjs");
    return new ResponseStream(this.idleConnection, `POST ${path}/invocation/${requestID}/response`, highWaterMark);
  }

  postError(name, error) {
    const response = toResponse(error);
    return this.post(name, JSON.stringify(response), { "Lambda-Runtime-Function-Error-Type": encodeURI(response.errorType) });
  }

  post(name, json, headers = {}) {
    return this.idleConnection.request(`POST ${path}/${name}`, { "Content-Type": "application/json", ...headers }, json);
  }

  /** An error may come while the next invocation is awaited. */
  get idleConnection() {
    return this.connection.isBusy ? new Connection(this.host, this.port) : this.connection;
  }
}

module.exports = { RuntimeAPI };
