"""The shutdown phase: extensions are told before an environment goes, and why."""

import json
import time

import pytest

from extension_programs import LISTENER, READER, logged_until_the_stop


# Prints each event.
PRINTER = LISTENER.replace("    tell", "    print(json.dumps(event), flush=True)\n    tell")


def events(lines):
    return [json.loads(line) for line in lines if line.startswith('{"eventType"')]


def test_extensions_are_told_when_the_server_stops(server, function, layers):
    invoke = function(READER, Layers=[layers.extensions(watcher=layers.script(PRINTER, "INVOKE", "SHUTDOWN"))])
    invoke()
    begin = time.time()
    invocation, shutdown = events(logged_until_the_stop(server))
    assert (invocation["eventType"], shutdown["eventType"], shutdown["shutdownReason"]) == ("INVOKE", "SHUTDOWN", "spindown")
    assert begin < shutdown["deadlineMs"] / 1000 <= time.time() + 2


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
import signal, sys
def end(*_):
    print("runtime ends", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
"""
    invoke = function(code, Layers=[layers.extensions(watcher=layers.script(PRINTER, "SHUTDOWN"))])
    invoke()
    lines = logged_until_the_stop(server)
    assert [line for line in lines if line == "runtime ends" or "SHUTDOWN" in line and line.startswith("{")] == [
        "runtime ends", json.dumps(events(lines)[0])]


def test_an_extension_that_does_not_end_is_ended_after_two_seconds(server, function, layers):
    code = PRINTER.replace("break", 'print("a line without an end", end="", flush=True); time.sleep(60)')
    invoke = function(READER, Layers=[layers.extensions(stubborn=layers.script(code, "SHUTDOWN"))])
    invoke()
    begin = time.monotonic()
    logged = logged_until_the_stop(server)
    (shutdown,) = events(logged)
    assert 1.9 < time.monotonic() - begin < 20
    assert shutdown["shutdownReason"] == "spindown"
    assert "a line without an end" in logged


def test_an_update_does_not_wait_for_the_extensions_of_what_it_replaces(client, server, function, layers):
    stubborn = 'id = register("SHUTDOWN")\nnext_event(id)\ntime.sleep(60)\n'
    invoke = function(READER, Layers=[layers.extensions(stubborn=layers.script(stubborn))])

    def update(number):
        invoke()
        client.update_function_configuration(FunctionName="f", Environment={"Variables": {"NUMBER": str(number)}})
        begin = time.monotonic()
        answer, _, _ = invoke()
        assert answer["count"] == 1
        return time.monotonic() - begin

    # A busy machine may be slow once, the two seconds of the extensions' end would be there each time.
    assert any(update(number) < 1.9 for number in range(4))
    assert server.stop() == 0


def test_a_function_without_extensions_is_not_told(server, function):
    code = READER + 'import signal\nsignal.signal(signal.SIGTERM, lambda *_: print("terminated", flush=True))\nprint("ready")\n'
    invoke = function(code)
    invoke()
    lines = logged_until_the_stop(server)
    assert "ready" in lines and "terminated" not in lines
