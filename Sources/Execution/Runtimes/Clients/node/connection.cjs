"use strict";

const net = require("net");
const { ResponseReader } = require("./response-reader.cjs");

/**
 * A keep-alive connection to the Runtime API, for one request at a time.
 *
 * It keeps the process from ending only while an answer is awaited: otherwise the end of the event loop would never come.
 */
class Connection {
  constructor(host, port) {
    this.host = host;
    this.port = port;
    this.socket = undefined;
    this.answer = undefined;
  }

  get isBusy() {
    return this.answer !== undefined;
  }

  /** Sends a request with a whole body and gives its response. */
  request(line, headers, body = "") {
    const response = this.begin(line, { ...headers, "Content-Length": Buffer.byteLength(body) }, body);
    this.awaitAnswer();
    return response;
  }

  /** Sends a request's head; whoever calls it writes the rest to `socket`, and then calls `awaitAnswer`. */
  begin(line, headers, body = "") {
    const socket = (this.socket = this.socket ?? this.connect());
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return new Promise((resolve, reject) => {
      this.answer = { reader: new ResponseReader(), resolve, reject };
      socket.write(`${line} HTTP/1.1\r\nHost: ${this.host}:${this.port}\r\n${fields.join("")}\r\n${body}`);
    });
  }

  awaitAnswer() {
    this.socket?.ref();
  }

  connect() {
    const socket = net.connect({ host: this.host, port: this.port }).setNoDelay(true);
    socket.unref();
    socket.on("data", (piece) => this.receive(piece));
    socket.on("error", (error) => this.lose(socket, error));
    socket.on("close", () => this.lose(socket, new Error("the Runtime API has closed the connection")));
    return socket;
  }

  receive(piece) {
    if (this.answer === undefined || !this.answer.reader.push(piece)) return;
    const { reader, resolve } = this.answer;
    this.answer = undefined;
    this.socket.unref();
    if (!reader.keepsAlive) {
      this.socket.destroy();
      this.socket = undefined;
    }
    resolve(reader);
  }

  lose(socket, error) {
    if (this.socket !== socket) return;
    this.socket = undefined;
    this.answer?.reject(error);
    this.answer = undefined;
  }
}

module.exports = { Connection };
