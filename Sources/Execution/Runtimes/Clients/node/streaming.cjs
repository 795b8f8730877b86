"use strict";

// What AWS's runtimes put into the global `awslambda`.

const streaming = Symbol.for("aws.lambda.runtime.handler.streaming");
const highWaterMark = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");

const httpContentType = "application/vnd.awslambda.http-integration-response";
const delimiterLength = 8;

/** Responses of function URLs and API Gateway: status, headers and cookies as JSON, eight zero bytes, and the body. */
class HttpResponseStream {
  static from(stream, prelude) {
    stream.setContentType(httpContentType);
    const metadata = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(metadata);
      write(new Uint8Array(delimiterLength));
    };
    return stream;
  }
}

/** Marks a handler as one that writes its response to a stream. */
function streamifyResponse(handler, options) {
  handler[streaming] = "response";
  if (typeof options?.highWaterMark === "number") handler[highWaterMark] = Math.trunc(options.highWaterMark);
  return handler;
}

module.exports = { HttpResponseStream, highWaterMark, streamifyResponse, streaming };
