"use strict";

const endOfHead = Buffer.from("\r\n\r\n");
const endOfLine = Buffer.from("\r\n");

/** Reads one HTTP/1.1 response from the pieces in which it comes. */
class ResponseReader {
  constructor() {
    this.status = undefined;
    /** Values by lower-case name. */
    this.headers = {};
    this.body = [];
    this.rest = undefined;
    /** Bytes of the body, or of its chunk, that are to come; undefined between chunks. */
    this.missing = undefined;
    this.isChunked = false;
    this.isAtTrailer = false;
  }

  get text() {
    return (this.body.length === 1 ? this.body[0] : Buffer.concat(this.body)).toString();
  }

  get keepsAlive() {
    return this.headers.connection?.toLowerCase() !== "close";
  }

  /** Takes a piece and tells whether the response is whole. */
  push(piece) {
    this.rest = this.rest === undefined ? piece : Buffer.concat([this.rest, piece]);
    if (this.status === undefined && !this.readHead()) return false;
    return this.isChunked ? this.readChunks() : this.readBody();
  }

  readHead() {
    const end = this.rest.indexOf(endOfHead);
    if (end < 0) return false;
    const [statusLine, ...lines] = this.rest.toString("utf8", 0, end).split("\r\n");
    this.status = Number(statusLine.split(" ", 2)[1]);
    for (const line of lines) {
      const colon = line.indexOf(":");
      this.headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    this.rest = this.rest.subarray(end + endOfHead.length);
    this.isChunked = this.headers["transfer-encoding"]?.toLowerCase() === "chunked";
    this.missing = this.isChunked ? undefined : Number(this.headers["content-length"] ?? 0);
    return true;
  }

  readBody() {
    const part = this.rest.subarray(0, this.missing);
    if (part.length > 0) this.body.push(part);
    this.missing -= part.length;
    this.rest = undefined;
    return this.missing === 0;
  }

  readChunks() {
    while (this.rest.length > 0) {
      if (this.missing === undefined) {
        const end = this.rest.indexOf(endOfLine);
        if (end < 0) return false;
        const line = this.rest.toString("latin1", 0, end);
        this.rest = this.rest.subarray(end + endOfLine.length);
        if (this.isAtTrailer && line === "") return true;
        if (this.isAtTrailer) continue;
        const size = parseInt(line, 16);
        if (size === 0) this.isAtTrailer = true;
        // A chunk's own end of line is read with it.
        else this.missing = size + endOfLine.length;
      } else {
        const part = this.rest.subarray(0, this.missing);
        this.rest = this.rest.subarray(part.length);
        const content = Math.min(part.length, Math.max(0, this.missing - endOfLine.length));
        if (content > 0) this.body.push(part.subarray(0, content));
        this.missing = part.length === this.missing ? undefined : this.missing - part.length;
      }
    }
    this.rest = undefined;
    return false;
  }
}

module.exports = { ResponseReader };
