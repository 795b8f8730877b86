"""The shutdown phase: extensions are told before an environment goes, and why."""

import json
import time

import pytest

from extension_programs import LISTENER, READER, logged


def shutdown(lines):
    (event,) = [event for event in map(json.loads, (line for line in lines if line.startswith("{"))) if event["eventType"] == "SHUTDOWN"]
    return event


def test_extensions_are_told_when_the_server_stops(server, function, layers):
    code = LISTENER.replace("    tell", "    print(json.dumps(event), flush=True)\n    tell")
    invoke = function(READER, Layers=[layers.extensions(watcher=layers.script(code, "INVOKE", "SHUTDOWN"))])
    invoke()
    begin = time.time()
    assert server.stop() == 0
    end = time.time()
    event = shutdown(logged(server))
    assert event["shutdownReason"] == "spindown"
    assert begin < event["deadlineMs"] / 1000 <= end + 2


@pytest.mark.parametrize(("end", "reason"), [("os._exit(1)", "failure"), ("import time; time.sleep(60)", "timeout")])
def test_extensions_are_told_of_a_reset_and_start_anew(function, layers, end, reason):
    code = READER.replace("    global", f"    if event.get('end'): {end}\n    global")
    invoke = function(code, Layers=[layers.extensions(watcher=layers.script(LISTENER, "INVOKE", "SHUTDOWN"))], Timeout=2)
    assert invoke()[1] is None
    _, error, _ = invoke({"end": True})
    assert error == "Unhandled"
    assert invoke()[0]["count"] == 1
    answer, _, _ = invoke()
    kinds = [(event["eventType"], event.get("shutdownReason")) for event in answer["told"]["watcher.events"]]
    # It may or may not have told of the invocation that is under way.
    assert kinds[:4] == [("INVOKE", None), ("INVOKE", None), ("SHUTDOWN", reason), ("INVOKE", None)]


def test_a_function_that_wants_too_much_memory_ends_as_without_extensions(function, layers):
    code = READER.replace("    global", "    if event.get('end'): bytearray(1 << 30)\n    global")
    invoke = function(code, Layers=[layers.extensions(watcher=layers.script(LISTENER, "INVOKE", "SHUTDOWN"))], MemorySize=128)
    answer, error, log = invoke({"end": True})
    assert (answer["errorType"], error) == ("Runtime.OutOfMemory", "Unhandled"), log
    assert invoke()[1] is None


def test_the_runtime_ends_before_the_extensions(server, function, layers):
    code = READER + """
import signal, sys, time
def end(*_):
    print("at the end: runtime", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
"""
    extension = LISTENER.replace("    if", "    print('at the end:', event['eventType'], flush=True)\n    if")
    invoke = function(code, Layers=[layers.extensions(watcher=layers.script(extension, "INVOKE", "SHUTDOWN"))])
    invoke()
    assert server.stop() == 0
    assert [line.split()[-1] for line in logged(server) if "at the end:" in line] == ["INVOKE", "runtime", "SHUTDOWN"]


def test_an_extension_that_does_not_end_is_ended_after_two_seconds(server, function, layers):
    code = 'id = register("SHUTDOWN")\nprint(json.dumps(next_event(id)), flush=True)\ntime.sleep(60)\n'
    invoke = function(READER, Layers=[layers.extensions(stubborn=layers.script(code))])
    invoke()
    begin = time.monotonic()
    assert server.stop() == 0
    assert 1.9 < time.monotonic() - begin < 9
    assert shutdown(logged(server))["shutdownReason"] == "spindown"


def test_a_function_without_extensions_is_not_told(server, function):
    code = READER + """
import signal
signal.signal(signal.SIGTERM, lambda *_: print("terminated", flush=True))
"""
    invoke = function(code)
    invoke()
    assert server.stop() == 0
    assert "terminated" not in logged(server)
