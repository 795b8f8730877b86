"""Asynchronous invocations: accepted means kept until they have succeeded, or someone was told that they did not."""

import json
import signal
import sqlite3
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError
from conftest import ROLE, eventually, make_zip, refusal
from server import Server

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
# Keeps what it was sent, and tells when it is asked. With a concurrency of one, one environment sees it all.
RECORDER = """
import time
SEEN = []
def handler(event, context):
    if event == "read": return SEEN
    SEEN.append(event)
    if event.get("fail"): raise ValueError("no")
    while event.get("hang"): time.sleep(0.1)
    return {"done": event.get("number")}
"""


class Functions:
    """Recorders on a server, and what they have seen."""

    def __init__(self, server, runtime):
        self.server = server
        self.runtime = runtime
        self.connect()

    def connect(self):
        self.client = self.server.client("lambda", read_timeout=20)

    def make(self, name):
        self.client.create_function(
            FunctionName=name, Runtime=self.runtime, Handler="app.handler", Role=ROLE, Timeout=60, Code={"ZipFile": make_zip({"app.py": RECORDER})})
        self.client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
        return ARN + name

    def send(self, name, event, **arguments):
        answer = self.client.invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event), **arguments)
        assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
        return answer["ResponseMetadata"]["RequestId"]

    def invoke(self, name, event):
        """What a function answers; None while it is busy."""
        try:
            return json.loads(self.client.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"].read())
        except self.client.exceptions.TooManyRequestsException:
            return None

    def seen(self, name):
        return self.invoke(name, "read")

    def sees(self, name, count=1):
        """What a function has seen, once it is so many."""
        return eventually(lambda: (seen := self.seen(name)) and len(seen) >= count and seen)


@pytest.fixture
def functions(server, runtime):
    functions = Functions(server, runtime)
    functions.make("f")
    return functions


def configure(functions, **members):
    return functions.client.put_function_event_invoke_config(FunctionName="f", **members)


def test_an_event_is_accepted_and_run(functions):
    functions.send("f", {"number": 1})
    assert functions.sees("f") == [{"number": 1}]
    assert functions.client.invoke_async(FunctionName="f", InvokeArgs=b'{"number": 2}')["Status"] == 202
    assert functions.sees("f", 2) == [{"number": 1}, {"number": 2}]


def test_a_dry_run_runs_nothing(functions):
    answer = functions.client.invoke(FunctionName="f", InvocationType="DryRun", Payload=b'{"number": 1}')
    assert (answer["StatusCode"], answer["Payload"].read()) == (204, b"")
    functions.send("f", {"number": 2})
    assert functions.sees("f") == [{"number": 2}]
    assert refusal(functions.client.invoke, FunctionName="none", InvocationType="DryRun")[0] == 404


def test_an_accepted_event_outlives_a_crash(functions, server):
    def occupy():
        with pytest.raises(BotoCoreError):  # It ends with the server.
            while functions.invoke("f", {"hang": True}) is None: pass

    thread = threading.Thread(target=occupy)
    thread.start()
    eventually(lambda: functions.seen("f") is None)
    # The function is busy: the event has to wait.
    functions.send("f", {"number": 1})
    server.stop(signal.SIGKILL)
    server.start()
    functions.connect()
    assert functions.sees("f") == [{"number": 1}]
    thread.join(30)


def test_an_event_for_a_function_without_concurrency_is_given_up_and_told(functions):
    configure(functions, DestinationConfig={"OnFailure": {"Destination": functions.make("told")}})
    functions.client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    functions.send("f", {"number": 1})
    [record] = functions.sees("told")
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert record["requestPayload"] == {"number": 1}
    functions.client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    functions.send("f", {"number": 2})
    assert functions.sees("f") == [{"number": 2}]


def test_a_success_is_told_to_its_destination(functions):
    configure(functions, DestinationConfig={"OnSuccess": {"Destination": functions.make("told")}})
    request = functions.send("f", {"number": 1})
    [record] = functions.sees("told")
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "version": "1.0",
        "requestContext": {
            "requestId": request, "functionArn": f"{ARN}f:$LATEST", "condition": "Success", "approximateInvokeCount": 1},
        "requestPayload": {"number": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "responsePayload": {"done": 1}}


def test_a_failure_without_retries_runs_once_and_is_told(functions):
    configure(functions, MaximumRetryAttempts=0, DestinationConfig={
        "OnFailure": {"Destination": functions.make("told")}, "OnSuccess": {"Destination": functions.make("other")}})
    functions.send("f", {"fail": True})
    [record] = functions.sees("told")
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert (record["responsePayload"]["errorType"], record["requestPayload"]) == ("ValueError", {"fail": True})
    assert functions.sees("f") == [{"fail": True}]
    assert functions.seen("other") == []


@pytest.mark.parametrize("settings, attempts", [({}, 3), ({"MaximumRetryAttempts": 1}, 2)])
def test_a_failed_event_is_tried_again(lamina, tmp_path, runtime, settings, attempts):
    with Server(lamina, tmp_path / "data", "--retry-delay", "0.2") as server:
        functions = Functions(server, runtime)
        functions.make("f")
        configure(functions, **settings, DestinationConfig={"OnFailure": {"Destination": functions.make("told")}})
        functions.send("f", {"fail": True})
        [record] = functions.sees("told")
        assert record["requestContext"]["approximateInvokeCount"] == attempts
        assert functions.sees("f") == [{"fail": True}] * attempts


def test_an_event_that_is_too_old_is_given_up_and_told(functions, server):
    configure(functions, MaximumEventAgeInSeconds=60, DestinationConfig={"OnFailure": {"Destination": functions.make("told")}})
    functions.send("f", {"fail": True})
    functions.sees("f")
    server.stop()
    # A minute passes.
    with sqlite3.connect(server.data / "catalog.sqlite") as catalog:
        assert catalog.execute("UPDATE event SET accepted = accepted - 61000, due = ?", [int(time.time() * 1000)]).rowcount == 1
    catalog.close()
    server.start()
    functions.connect()
    [record] = functions.sees("told")
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert record["requestPayload"] == {"fail": True}
    assert functions.seen("f") == []


@pytest.mark.parametrize("kind, limit, message", [
    ("RequestResponse", 6_291_456, "Request must be smaller than 6291456 bytes for the InvokeFunction operation"),
    ("Event", 1_048_576, "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)")])
def test_a_payload_has_a_limit(functions, kind, limit, message):
    payload = b'{"x":"' + b"x" * (limit - 8) + b'"}'
    assert functions.client.invoke(FunctionName="f", InvocationType=kind, Payload=payload)["StatusCode"] in (200, 202)
    assert refusal(functions.client.invoke, FunctionName="f", InvocationType=kind, Payload=payload + b" ") == (
        413, "RequestEntityTooLargeException", message)


def test_what_cannot_be_sent_is_told(functions, server):
    client = functions.client
    status, code, message = refusal(client.invoke, FunctionName="f", InvocationType="Event", Payload=b"no json")
    assert (status, code) == (400, "InvalidRequestContentException")
    assert message.startswith("Could not parse request body into json: Could not parse payload into json: ")
    assert refusal(client.invoke, FunctionName="none", InvocationType="Event") == (
        404, "ResourceNotFoundException", f"Function not found: {ARN}none:$LATEST")
    assert refusal(client.invoke, FunctionName="f", Qualifier="7", InvocationType="Event")[2] == f"Function not found: {ARN}f:7"
    assert refusal(server.client("lambda", parameter_validation=False).invoke, FunctionName="f", InvocationType="Later") == (
        400, "ValidationException", "1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [Event, RequestResponse, DryRun]")
    assert functions.seen("f") == []


def test_a_destination_gets_the_event_as_it_was_sent(functions):
    configure(functions, DestinationConfig={"OnSuccess": {"Destination": functions.make("told")}})
    event = {"z": 12345678901234567890123, "a": "ü", "number": 1}
    functions.send("f", event)
    [record] = functions.sees("told")
    assert list(record["requestPayload"].items()) == list(event.items())


@pytest.mark.parametrize("payload", [b'{"a":1,}', b"{'a':1}", b"01", b"[1] x", b'"\x01"'])
def test_a_payload_that_is_no_sound_json_is_refused(functions, payload):
    for kind in ("RequestResponse", "Event"):
        status, code, message = refusal(functions.client.invoke, FunctionName="f", InvocationType=kind, Payload=payload)
        assert (status, code) == (400, "InvalidRequestContentException")
        assert message.startswith("Could not parse request body into json: Could not parse payload into json: Unexpected")


def test_a_failed_event_whose_age_ends_before_its_next_attempt_is_told_at_once(functions):
    # The second attempt is a minute away.
    configure(functions, MaximumEventAgeInSeconds=60, DestinationConfig={"OnFailure": {"Destination": functions.make("told")}})
    functions.send("f", {"fail": True})
    [record] = functions.sees("told")
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert functions.sees("f") == [{"fail": True}]
