"""The Runtime API, asked by a function's own code: what does not fit is refused as Lambda does, and costs the server nothing."""

import pathlib
import re

import pytest

# A connection to the Runtime API, and what a request on it is answered.
ASK = r"""
import http.client, json, os, socket, time
API = os.environ["AWS_LAMBDA_RUNTIME_API"]
def connect():
    host, port = API.split(":")
    return socket.create_connection((host, int(port)), timeout=5)
def ask(method, path, body=b"", **headers):
    connection = http.client.HTTPConnection(API, timeout=5)
    connection.request(method, "/2018-06-01/runtime/" + path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return [answer.status, json.loads(answer.read()).get("errorType")]
"""


def memory(server, field):
    return int(re.search(rf"^{field}:\s+(\d+) kB$", pathlib.Path(f"/proc/{server.process.pid}/status").read_text(), re.M)[1]) << 10


def test_requests_that_do_not_fit_are_refused_in_awss_words(function):
    invoke = function(ASK + """
def handler(event, context):
    here = f"invocation/{context.aws_request_id}"
    return [
        ask("POST", "invocation/another/response"), ask("POST", "invocation/another/error"), ask("GET", "invocation/next"),
        ask("POST", "init/error"), ask("POST", f"{here}/response", Lambda_Runtime_Function_Response_Mode="trickling")]
""")
    assert invoke()[0] == [
        [400, "InvalidRequestID"], [400, "InvalidRequestID"], [403, "InvalidStateTransition"], [403, "InvalidStateTransition"],
        [400, "InvalidFunctionResponseMode"]]


def test_a_runtime_that_never_asks_again_is_given_up_when_the_time_is_over(function):
    invoke = function("""
import awslambdaric.lambda_runtime_client as client, time
def handler(event, context):
    if event.get("sleep"): client.LambdaRuntimeClient.wait_next_invocation = lambda self: time.sleep(60)
    return "answered"
""", Timeout=2)
    assert invoke({"sleep": True})[0] == "answered"
    answer, error, log = invoke()
    assert answer["errorType"] == "Sandbox.Timedout"
    assert "\tDuration: 2000.00 ms\tBilled Duration: 2000 ms\t" in log
    assert invoke()[0] == "answered"


def test_requests_sent_without_waiting_for_answers_end_nothing_but_their_connection(function, server):
    invoke = function(ASK + r"""
def handler(event, context):
    connection = connect()
    connection.sendall(b"".join(b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n" for _ in range(1000)))
    found = b""
    while found.count(b"404 Not Found") < 1000: found += connection.recv(65536)
    connection.sendall(b"no request at all\r\n\r\n")
    return connection.recv(65536).split(b"\r\n")[0].decode()
""")
    assert invoke()[0] == "HTTP/1.1 400 Bad Request"
    assert invoke()[0] == "HTTP/1.1 400 Bad Request"
    assert server.process.poll() is None


def test_connections_and_what_they_hold_back_are_bounded(function, server):
    invoke = function(ASK + r"""
def handler(event, context):
    connections = [connect() for _ in range(event["connections"])]
    for connection in connections:
        try: connection.sendall(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 6000001\r\n\r\n" + bytes(6_000_000))
        except OSError: pass
    open_ = 0
    for connection in connections:
        try:
            connection.sendall(b"0")
            open_ += connection.recv(64).startswith(b"HTTP/1.1 404")
        except OSError: pass
    return open_
""", MemorySize=512, Timeout=60)
    assert invoke({"connections": 1})[0] == 1
    before = memory(server, "VmRSS")
    # One of them is the runtime's own.
    assert 100 <= invoke({"connections": 150})[0] < 128
    assert memory(server, "VmHWM") - before < 64 << 20
    assert invoke({"connections": 1})[0] == 1


def test_a_client_that_asks_whether_to_go_on_is_told_so(function):
    invoke = function(ASK + r"""
def handler(event, context):
    connection = connect()
    connection.sendall(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
    first = connection.recv(1024).decode()
    connection.sendall(b"x")
    return [first, connection.recv(1024).split(b"\r\n")[0].decode()]
""")
    assert invoke()[0] == ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 404 Not Found"]


def test_an_answer_that_is_too_large_is_refused_and_the_caller_told(function):
    invoke = function("def handler(event, context): return 'x' * event.get('size', 1)\n", MemorySize=512)
    answer, error, log = invoke({"size": 7_000_000})
    assert (answer["errorType"], error) == ("Function.ResponseSizeTooLarge", "Unhandled")
    assert invoke()[0] == "x"


def test_only_the_types_that_aws_knows_are_told_of_an_errors_own(function):
    invoke = function("raise ValueError('no')\n")
    answer, error, log = invoke()
    assert answer["errorType"] == "ValueError"
    assert re.search(r"^INIT_REPORT .*\tPhase: init\tStatus: error\tError Type: Runtime.Unknown$", log, re.M), log


@pytest.mark.parametrize("status", [200, 255])
def test_a_status_that_no_signal_has_is_the_programs_own(function, status):
    answer, _, _ = function(f"import os\ndef handler(event, context): os._exit({status})\n")()
    assert answer["errorMessage"].endswith(f"Error: Runtime exited with error: exit status {status}")


def test_a_stream_that_is_cut_ends_with_an_error(function, client):
    function(ASK + r"""
def handler(event, context):
    connection = connect()
    connection.sendall(
        f"POST /2018-06-01/runtime/invocation/{context.aws_request_id}/response HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        "Lambda-Runtime-Function-Response-Mode: streaming\r\n\r\n4\r\npart\r\n".encode())
    time.sleep(0.2)
    connection.close()
    time.sleep(60)
""", Timeout=20)
    events = list(client.invoke_with_response_stream(FunctionName="f")["EventStream"])
    assert events[0]["PayloadChunk"]["Payload"] == b"part"
    assert "Runtime.TruncatedResponse" in events[-1]["InvokeComplete"]["ErrorDetails"]
