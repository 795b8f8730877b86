"""InvokeWithResponseStream: responses that go on as the function gives them."""

import base64
import io
import json
import time

import pytest
from botocore.exceptions import ClientError
from conftest import ROLE, make_zip

# A runtime client of its own, which streams: it takes the place of AWS's at its import.
STREAMING = '''
import base64, http.client, json, os, time

connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = connection.getresponse()
    request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    event = json.loads(answer.read())
    connection.putrequest("POST", f"/2018-06-01/runtime/invocation/{request_id}/response")
    connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
    connection.putheader("Transfer-Encoding", "chunked")
    if "error" in event: connection.putheader("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
    connection.endheaders()
    def send(data): connection.send(b"%x\\r\\n" % len(data) + data + b"\\r\\n")
    for number in range(event.get("pieces", 0)):
        send(f"piece {number};".encode())
        time.sleep(event.get("pause", 0))
    for _ in range(event.get("megabytes", 0)): send(b"x" * (1 << 20))
    if "error" in event:
        body = base64.b64encode(json.dumps({"errorType": event["error"], "errorMessage": "no more"}).encode())
        connection.send(b"0\\r\\nLambda-Runtime-Function-Error-Type: " + event["error"].encode()
                        + b"\\r\\nLambda-Runtime-Function-Error-Body: " + body + b"\\r\\n\\r\\n")
    else:
        connection.send(b"0\\r\\n\\r\\n")
    connection.getresponse().read()
'''


@pytest.fixture
def stream(client, runtime):
    """Makes a function and gives a way to invoke it: its events, each with the time that it came."""

    def make(code, **options):
        settings = {"Runtime": runtime, "Handler": "app.handler", "Role": ROLE, "Timeout": 20, "MemorySize": 256} | options
        client.create_function(FunctionName="f", Code={"ZipFile": make_zip({"app.py": code})}, **settings)

        def invoke(event=None, **arguments):
            answer = client.invoke_with_response_stream(FunctionName="f", Payload=json.dumps(event or {}), **arguments)
            assert answer["StatusCode"] == 200
            assert answer["ExecutedVersion"] == "$LATEST"
            assert answer["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"
            for item in answer["EventStream"]:
                yield time.monotonic(), item

        return invoke

    return make


def pieces(events): return b"".join(event["PayloadChunk"]["Payload"] for _, event in events if "PayloadChunk" in event)


def test_pieces_come_as_the_function_gives_them(stream):
    events = list(stream(STREAMING)({"pieces": 4, "pause": 0.3}, LogType="Tail"))
    assert pieces(events) == b"piece 0;piece 1;piece 2;piece 3;"
    assert events[-2][0] - events[0][0] > 0.7
    complete = events[-1][1]["InvokeComplete"]
    assert "ErrorCode" not in complete
    assert "REPORT RequestId: " in base64.b64decode(complete["LogResult"]).decode()


def test_a_response_may_be_larger_than_a_synchronous_one(stream):
    assert len(pieces(list(stream(STREAMING)({"megabytes": 40})))) == 40 << 20


def test_an_error_behind_the_first_pieces_is_told_at_the_end(stream):
    events = list(stream(STREAMING)({"pieces": 2, "error": "Function.Broken"}))
    assert pieces(events) == b"piece 0;piece 1;"
    complete = events[-1][1]["InvokeComplete"]
    assert complete["ErrorCode"] == "Unhandled"
    assert json.loads(complete["ErrorDetails"]) == {"errorType": "Function.Broken", "errorMessage": "no more"}


def test_a_time_that_runs_out_within_a_stream_ends_it(stream):
    events = list(stream(STREAMING, Timeout=1)({"pieces": 100, "pause": 0.1}))
    assert pieces(events).startswith(b"piece 0;piece 1;")
    complete = events[-1][1]["InvokeComplete"]
    assert json.loads(complete["ErrorDetails"])["errorType"] == "Sandbox.Timedout"


def test_a_response_that_is_not_streamed_is_one_piece(stream):
    events = list(stream("def handler(event, context): return {'got': event}\n")({"a": 1}))
    assert json.loads(pieces(events)) == {"got": {"a": 1}}
    assert [next(iter(event)) for _, event in events] == ["PayloadChunk", "InvokeComplete"]


def test_an_error_without_a_piece_is_the_last_event(stream):
    events = list(stream("def handler(event, context): raise ValueError('no')\n")())
    assert [next(iter(event)) for _, event in events] == ["InvokeComplete"]
    assert json.loads(events[0][1]["InvokeComplete"]["ErrorDetails"])["errorType"] == "ValueError"


def test_a_streamed_response_is_whole_for_who_does_not_stream(stream, client):
    stream(STREAMING)
    answer = client.invoke(FunctionName="f", Payload=json.dumps({"pieces": 2}))
    assert answer["Payload"].read() == b"piece 0;piece 1;"
    answer = client.invoke(FunctionName="f", Payload=json.dumps({"pieces": 2, "error": "Function.Broken"}))
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "Function.Broken"


def test_what_cannot_be_run_has_a_status_of_its_own(client):
    with pytest.raises(ClientError) as caught:
        client.invoke_with_response_stream(FunctionName="nobody", Payload=io.BytesIO(b"{}"))
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
    with pytest.raises(ClientError) as caught:
        client.invoke_with_response_stream(FunctionName="nobody", InvocationType="Event")
    assert caught.value.response["Error"]["Code"] == "ValidationException"
