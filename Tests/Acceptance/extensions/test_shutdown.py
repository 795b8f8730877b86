"""The shutdown phase: extensions are told before an environment goes, and why."""

import json
import time

import pytest

from extension_programs import LISTENER, READER, environment_folder


def shutdown(text):
    (event,) = [event for event in map(json.loads, text.splitlines()) if event["eventType"] == "SHUTDOWN"]
    return event


def test_extensions_are_told_when_the_server_stops(server, function, layers):
    code = LISTENER.replace("    tell", "    print(event['eventType'], flush=True)\n    tell")
    invoke = function(READER, Layers=[layers.extensions(watcher=layers.script(code, "INVOKE", "SHUTDOWN"))])
    invoke()
    # The file outlives its folder while it is open.
    with open(environment_folder(server) / "watcher.events") as events:
        begin = time.time()
        assert server.stop() == 0
        event = shutdown(events.read())
    assert event["shutdownReason"] == "spindown"
    assert begin < event["deadlineMs"] / 1000 <= time.time() + 2


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
    with open("/tmp/order", "a") as order: order.write('"runtime"\\n')
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
"""
    extension = LISTENER.replace("    if", "    tell('order', event['eventType'])\n    if")
    invoke = function(code, Layers=[layers.extensions(watcher=layers.script(extension, "INVOKE", "SHUTDOWN"))])
    invoke()
    with open(environment_folder(server) / "order") as order:
        assert server.stop() == 0
        assert [json.loads(line) for line in order] == ["INVOKE", "runtime", "SHUTDOWN"]


def test_an_extension_that_does_not_end_is_ended_after_two_seconds(server, function, layers):
    code = 'id = register("SHUTDOWN")\ntell("events", next_event(id))\ntime.sleep(60)\n'
    invoke = function(READER, Layers=[layers.extensions(stubborn=layers.script('tell("events", "start")\n' + code))])
    invoke()
    with open(environment_folder(server) / "events") as events:
        begin = time.monotonic()
        assert server.stop() == 0
        assert 1.9 < time.monotonic() - begin < 9
        assert json.loads(events.read().splitlines()[1])["shutdownReason"] == "spindown"


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
    code = READER + """
import signal
open("/tmp/terminated", "w").close()
signal.signal(signal.SIGTERM, lambda *_: open("/tmp/terminated", "w").write("1"))
"""
    invoke = function(code)
    invoke()
    with open(environment_folder(server) / "terminated") as terminated:
        assert server.stop() == 0
        assert terminated.read() == ""
