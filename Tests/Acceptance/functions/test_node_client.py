"""What the Node.js runtime client sends to the Runtime API: streamed responses and their errors, JSON logs, any server's answers."""

import base64
import contextlib
import http.server
import json
import os
import queue
import shutil
import subprocess
import threading

import pytest
from conftest import ROOT

CLIENT = ROOT / "Sources/Execution/Runtimes/Clients/node/bootstrap.cjs"
REQUEST = "11111111-2222-3333-4444-555555555555"
END = "Lambda-Runtime-Function-Error"


class RuntimeAPI(http.server.BaseHTTPRequestHandler):
    """Gives one event and keeps what is answered."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_): pass

    def do_GET(self):
        event = self.server.events.get()
        if event is None:
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", REQUEST)
        self.send_header("Lambda-Runtime-Deadline-Ms", "9999999999999")
        if self.server.is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            half = len(event) // 2
            for part in (event[:half], event[half:], b""):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.flush()
        else:
            self.send_header("Content-Length", str(len(event)))
            self.end_headers()
            self.wfile.write(event)

    def do_POST(self):
        body, trailers = self.chunks() if self.headers["Transfer-Encoding"] else (self.rfile.read(int(self.headers["Content-Length"])), {})
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.answers.put((self.path.removeprefix("/2018-06-01/runtime/"), self.headers, body, trailers))

    def chunks(self):
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            assert self.rfile.readline() == b"\r\n"
        lines = iter(self.rfile.readline, b"\r\n")
        return b"".join(parts), dict(line.decode().strip().split(": ", 1) for line in lines)


@contextlib.contextmanager
def runtime_api():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), RuntimeAPI) as server:
        server.daemon_threads = True
        server.events, server.answers, server.is_chunked = queue.Queue(), queue.Queue(), False
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def answer(tmp_path):
    """Runs a handler once; gives what it answered: path, headers, body, trailers, and the process's log."""

    def run(code, event={}, is_chunked=False, **variables):
        (tmp_path / "app.js").write_text(code)
        with runtime_api() as server:
            server.is_chunked = is_chunked
            environment = {"PATH": os.environ["PATH"], "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}", "_HANDLER": "app.handler",
                           "LAMBDA_TASK_ROOT": str(tmp_path), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs20.x"} | variables
            process = subprocess.Popen([shutil.which("node"), CLIENT], stdout=subprocess.PIPE, text=True, env=environment)
            server.events.put(json.dumps(event).encode())
            answer = server.answers.get(timeout=20)
            server.events.put(None)
            log = process.communicate(timeout=20)[0]
            return *answer, log

    return run


def stream(body, options=""):
    return f"exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {{ {body} }}{options});\n"


def test_a_stream_is_sent_as_it_is_written(answer):
    path, headers, body, trailers, _ = answer(stream("stream.write('a'); stream.write(Buffer.from('b')); stream.write({ c: 1 }); stream.end('d')"))
    assert (path, body, trailers) == (f"invocation/{REQUEST}/response", b'ab{"c":1}d', {})
    assert headers["Lambda-Runtime-Function-Response-Mode"] == "streaming"
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Trailer"] == f"{END}-Type, {END}-Body"


def test_an_http_response_has_its_metadata_before_the_body(answer):
    body = "const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' } }); http.write('body'); http.end()"
    _, headers, body, _, _ = answer(stream(body))
    assert headers["Content-Type"] == "application/vnd.awslambda.http-integration-response"
    assert body == b'{"statusCode":201,"headers":{"a":"b"}}' + bytes(8) + b"body"


def test_an_empty_write_sends_the_metadata(answer):
    body = "const http = awslambda.HttpResponseStream.from(stream, { statusCode: 204 }); http.write(''); http.end()"
    assert answer(stream(body))[2] == b'{"statusCode":204}' + bytes(8)


def test_a_large_stream_arrives_whole_at_its_readers_pace(answer):
    body = "const part = Buffer.alloc(65536, 'x'); for (let n = 0; n < 320; n++) if (!stream.write(part)) await new Promise((go) => stream.once('drain', go)); stream.end()"
    assert answer(stream(body, ", { highWaterMark: 100000 }"))[2] == b"x" * (320 * 65536)


@pytest.mark.parametrize("body, sent, kind, message", [
    ("stream.write('part'); throw new TypeError('midway')", b"part", "TypeError", "midway"),
    ("throw new Error('before')", b"", "Error", "before"),
    ("stream.write('part')", b"part", "string", "Response stream is not finished."),
    ("await require('stream/promises').pipeline(async function* () { yield 'part'; throw new RangeError('source') }, stream)",
     b"part", "RangeError", "source"),
    ("stream.write('part'); stream.setContentType('text/plain')", b"part", "Runtime.InvalidStreamingOperation",
     "Cannot set content-type, too late."),
    ("stream.write('part'); stream.destroy()", b"part", "Runtime.InvalidStreamingOperation", "The response stream was destroyed before its end."),
])
def test_an_error_of_a_stream_is_told_in_its_trailers(answer, body, sent, kind, message):
    path, headers, received, trailers, _ = answer(stream(body))
    assert (path, received) == (f"invocation/{REQUEST}/response", sent)
    assert headers["Lambda-Runtime-Function-Response-Mode"] == "streaming"
    assert trailers[f"{END}-Type"] == kind
    told = json.loads(base64.b64decode(trailers[f"{END}-Body"]))
    assert (told["errorType"], told["errorMessage"]) == (kind, message)


def test_a_streaming_handler_has_to_be_async(answer):
    _, _, _, trailers, log = answer("exports.handler = awslambda.streamifyResponse((event, stream) => { stream.end('x') });\n")
    assert "Streaming does not support non-async handlers." in log


def test_an_event_may_come_in_chunks(answer):
    event = {"text": "ä" * 100_000}
    assert json.loads(answer("exports.handler = async (event) => event;\n", event, is_chunked=True)[2]) == event


def test_logs_may_be_json(answer):
    code = "exports.handler = async () => { console.log({ a: 1 }); console.log('n %d', 2); console.error(new TypeError('bad')); console.debug('hidden') };\n"
    log = answer(code, AWS_LAMBDA_LOG_FORMAT="JSON", AWS_LAMBDA_LOG_LEVEL="INFO")[4]
    entries = [json.loads(line) for line in log.splitlines()][:3]
    assert [(entry["level"], entry["requestId"]) for entry in entries] == [("INFO", REQUEST), ("INFO", REQUEST), ("ERROR", REQUEST)]
    assert (entries[0]["message"], entries[1]["message"]) == ({"a": 1}, "n 2")
    error = entries[2]["message"]
    assert (error["errorType"], error["errorMessage"], error["stackTrace"][0]) == ("TypeError", "bad", "TypeError: bad")
    assert "hidden" not in log


def test_errors_in_json_logs_are_objects(answer):
    log = answer("exports.handler = async () => { throw new RangeError('bad') };\n", AWS_LAMBDA_LOG_FORMAT="JSON")[4]
    entry = json.loads(log.splitlines()[0])
    assert (entry["level"], entry["message"]["errorType"], entry["message"]["errorMessage"]) == ("ERROR", "RangeError", "bad")


def test_levels_below_the_functions_are_not_logged(answer):
    log = answer("exports.handler = async () => { console.info('low'); console.warn('high'); console.fatal('worst') };\n", AWS_LAMBDA_LOG_LEVEL="WARN")[4]
    assert "low" not in log and "\tWARN\thigh\n" in log and "\tFATAL\tworst\n" in log
