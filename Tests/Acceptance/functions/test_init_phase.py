"""The init phase: its time, its failures, and how an environment starts again after one."""

import re


def test_an_init_that_takes_too_long_is_run_again_within_the_invocation(function):
    invoke = function("""
import os, time
if not os.path.exists("/tmp/before"):
    open("/tmp/before", "w").close()
    time.sleep(30)
def handler(event, context): return "ready"
""", Timeout=15)
    answer, error, log = invoke()
    assert (answer, error) == ("ready", None)
    assert re.search(r"^INIT_REPORT Init Duration: 100\d\d\.\d\d ms\tPhase: init\tStatus: timeout$", log, re.M), log
    assert "Init Duration" not in log.split("START RequestId")[1]


def test_an_init_that_fails_is_run_again_within_the_invocation_and_reported_twice(function):
    invoke = function("print('importing')\nimport no_such_module\n")
    answer, error, log = invoke()
    assert error == "Unhandled"
    assert answer["errorType"] == "Runtime.ImportModuleError"
    assert answer["errorMessage"] == "Unable to import module 'app': No module named 'no_such_module'"
    assert log.count("importing\n") == 2
    phases = re.findall(r"^INIT_REPORT Init Duration: [\d.]+ ms\tPhase: (\w+)\tStatus: error\tError Type: Runtime.ImportModuleError$", log, re.M)
    assert phases == ["init", "invoke"]


def test_an_init_that_never_ends_takes_the_invocations_time_and_no_more(function):
    invoke = function("import time\ntime.sleep(60)\n", Timeout=1)
    answer, _, log = invoke()
    assert answer["errorType"] == "Sandbox.Timedout"
    assert "\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\t" in log


def test_a_timeout_loses_globals_and_keeps_tmp(function):
    invoke = function("""
import os, time
calls = 0
def handler(event, context):
    global calls
    calls += 1
    if event.get("sleep"):
        open("/tmp/kept", "w").write("kept")
        time.sleep(30)
    return [calls, os.path.exists("/tmp/kept")]
""", Timeout=1)
    assert invoke()[0] == [1, False]
    answer, error, log = invoke({"sleep": True})
    assert error == "Unhandled"
    assert re.fullmatch(r"RequestId: \S+ Error: Task timed out after 1.00 seconds", answer["errorMessage"])
    assert answer["errorType"] == "Sandbox.Timedout"
    assert re.search(r"^\d{4}-\d\d-\d\dT[\d:.]+Z \S+ Task timed out after 1.00 seconds$", log, re.M)
    assert re.search(r"^REPORT RequestId: \S+\tDuration: 1000\.00 ms\tBilled Duration: 1000 ms\t.*\tStatus: timeout$", log, re.M), log
    answer, error, log = invoke()
    assert (answer, error) == ([1, True], None)
    assert "Init Duration" not in log


def test_a_runtime_that_ends_is_started_again(function):
    invoke = function("""
import os, signal
def handler(event, context):
    if "exit" in event: os._exit(event["exit"])
    if "signal" in event: os.kill(os.getpid(), event["signal"])
    return "alive"
""")
    for event, message in [
        ({"exit": 0}, "Runtime exited without providing a reason"),
        ({"exit": 3}, "Runtime exited with error: exit status 3"),
        ({"signal": 11}, "Runtime exited with error: signal: segmentation fault"),
        ({"signal": 9}, "Runtime exited with error: signal: killed"),
    ]:
        answer, error, log = invoke(event)
        assert error == "Unhandled"
        assert answer["errorType"] == "Runtime.ExitError"
        assert re.fullmatch(rf"RequestId: \S+ Error: {message}", answer["errorMessage"])
        assert f"Error: {message}\nRuntime.ExitError\nEND RequestId" in log
        assert "\tStatus: error\tError Type: Runtime.ExitError\n" in log
        assert invoke()[0] == "alive"


def test_a_runtime_that_ended_between_invocations_is_started_again(function):
    invoke = function("""
import os, threading
calls = 0
def handler(event, context):
    global calls
    calls += 1
    # Ends once the answer is on its way.
    if event.get("end"): threading.Timer(0.2, os._exit, [1]).start()
    if event.get("pid"): return os.getpid()
    return calls
""")
    assert invoke({"end": True})[0] == 1
    # Busy until the timer goes off: an invocation that it ends is told so.
    import time

    deadline = time.monotonic() + 10
    while invoke()[0] != 1:
        assert time.monotonic() < deadline
