"""Extensions that fail, and what their function's callers get."""

import pytest

from extension_programs import LISTENER, READER, lines


@pytest.mark.parametrize(("code", "kind", "reason"), [
    ("sys.exit(0)", "Extension.Crash", "exit code 0"),
    ("sys.exit(3)", "Extension.Crash", "exit status 3"),
    ("os.kill(os.getpid(), 9)", "Extension.Crash", "signal: killed"),
    ("register('INVOKE'); sys.exit(4)", "Extension.Crash", "exit status 4"),
    ("call('POST', '/2020-01-01/extension/init/error', {}, Lambda_Extension_Identifier=register(),"
     " Lambda_Extension_Function_Error_Type='Mine.Bad'); sys.exit(5)", "Extension.InitError", "exit status 5"),
])
def test_an_extension_that_ends_in_the_init_phase_fails_the_invocation(function, layers, code, kind, reason):
    invoke = function(READER, Layers=[layers.extensions(failing=layers.script(code))])
    answer, error, log = invoke()
    assert error == "Unhandled"
    request = lines(log, "REPORT")[0][0].split()[2]
    assert answer == {"errorType": kind, "errorMessage": f"RequestId: {request} Error: {reason}"}
    # The init phase was tried ahead, and again in the invocation.
    reports = [line[1:] for line in lines(log, "INIT_REPORT")]
    assert reports == [["Phase: init", "Status: error", f"Error Type: {kind}"], ["Phase: invoke", "Status: error", f"Error Type: {kind}"]]
    assert f"RequestId: {request} Error: {reason}\n{kind}\n" in log
    assert f"Status: error\tError Type: {kind}" in lines(log, "REPORT")[0][-2] + "\t" + lines(log, "REPORT")[0][-1]


def test_the_log_tells_of_an_extensions_own_error(function, layers):
    code = """
call("POST", "/2020-01-01/extension/init/error", {}, Lambda_Extension_Identifier=register("INVOKE"),
    Lambda_Extension_Function_Error_Type="Mine.Bad")
sys.exit(1)
"""
    invoke = function(READER, Layers=[layers.extensions(failing=layers.script(code))])
    _, _, log = invoke()
    assert lines(log, "EXTENSION")[0] == [
        "EXTENSION", "Name: failing", "State: InitError", "Events: [INVOKE]", "Error Type: Mine.Bad"]


# Ends at its first event, once in the life of an environment's /tmp.
ONCE = """
id = register("INVOKE")
event = next_event(id)
if not (HERE / "once").exists():
    tell("once", 1)
    END
while True:
    next_event(id)
"""


@pytest.mark.parametrize(("end", "kind", "reason"), [
    ("sys.exit(7)", "Extension.Crash", "exit status 7"),
    ("call('POST', '/2020-01-01/extension/exit/error', {}, Lambda_Extension_Identifier=id,"
     " Lambda_Extension_Function_Error_Type='Mine.Bad'); sys.exit(0)", "Extension.ExitError", "exit code 0"),
])
def test_an_extension_that_ends_in_an_invocation_fails_it_and_the_next_one_works(function, layers, end, kind, reason):
    # The function waits for the end of its extension; it has none of it when it goes on.
    code = READER + """
import time
reader = handler
def handler(event, context):
    while len(told()) < 1: time.sleep(0.01)
    time.sleep(0 if event else 30)
    return reader(event, context)
"""
    invoke = function(code, Layers=[layers.extensions(failing=layers.script(ONCE.replace("END", end)))], Timeout=20)
    answer, error, log = invoke()
    assert (answer["errorType"], error) == (kind, "Unhandled"), log
    assert answer["errorMessage"].endswith(f" Error: {reason}")
    answer, error, log = invoke({"again": True})
    assert (answer["count"], error) == (1, None), log
    assert lines(log, "EXTENSION") == [["EXTENSION", "Name: failing", "State: Ready", "Events: [INVOKE]"]]


@pytest.mark.parametrize(("program", "mode", "kind", "reason"), [
    ("#!/bin/sh\n", 0o644, "PermissionDenied", "permission denied"),
    ("echo no program\n", 0o755, "UnknownError", "exec format error"),
    (b"\x7fELF\x02\x01\x01" + bytes(11) + b"\xf3\x00" + bytes(64), 0o755, "UnknownError", "exec format error"),
])
def test_what_cannot_be_started_fails_with_the_systems_reason(function, layers, program, mode, kind, reason):
    layer = layers.publish({"extensions/broken": program}, {"extensions/broken": mode})
    answer, error, log = function(READER, Layers=[layer])()
    assert answer["errorType"] == "Extension.LaunchError"
    assert answer["errorMessage"].endswith(f"Error: fork/exec /opt/extensions/broken: {reason}")
    assert lines(log, "EXTENSION")[0] == [
        "EXTENSION", "Name: broken", "State: LaunchError", "Events: []", f"Error Type: {kind}"]


def test_a_script_whose_interpreter_is_missing_fails(function, layers):
    answer, _, log = function(READER, Layers=[layers.extensions(lost="#!/opt/no/such/interpreter\n")])()
    assert answer["errorType"] == "Extension.LaunchError"
    assert answer["errorMessage"].endswith("Error: fork/exec /opt/extensions/lost: no such file or directory")
    assert lines(log, "EXTENSION")[0][1:3] == ["Name: lost", "State: LaunchError"]


def test_a_script_that_lacks_a_program_was_started_all_the_same(function, layers):
    answer, _, log = function(READER, Layers=[layers.extensions(script="#!/bin/bash\nno-such-program\n")])()
    assert answer["errorType"] == "Extension.Crash"
    assert answer["errorMessage"].endswith("Error: exit status 127")
    assert "no-such-program: command not found" in log


def test_an_extension_that_never_registers_takes_the_init_phases_time_and_then_the_functions(function, layers):
    answer, error, log = function(READER, Layers=[layers.extensions(idle=layers.script("time.sleep(60)"))], Timeout=1)()
    assert (answer["errorType"], error) == ("Sandbox.Timedout", "Unhandled")
    assert [line[1:3] for line in lines(log, "INIT_REPORT")] == [["Phase: init", "Status: timeout"], ["Phase: invoke", "Status: timeout"]]
    assert lines(log, "EXTENSION")[0] == ["EXTENSION", "Name: idle", "State: Started", "Events: []"]


def test_ten_extensions_run_and_eleven_do_not(client, function, layers):
    programs = {f"extension-{number:02}": layers.script(LISTENER, "INVOKE") for number in range(11)}
    layer = layers.extensions(**programs)
    answer, _, log = function(READER, Layers=[layer], Timeout=60)()
    assert answer["errorType"] == "Extension.LaunchError"
    assert lines(log, "EXTENSION")[0] == [
        "EXTENSION", "Name: extension-10", "State: LaunchError", "Events: []", "Error Type: TooManyExtensions"]
    programs.pop("extension-10")
    answer, error, log = function(READER, name="g", Layers=[layers.extensions(**programs)], Timeout=60, MemorySize=1024)()
    assert error is None, log
    assert len(lines(log, "EXTENSION")) == 10


def test_folders_among_extensions_are_left_alone(function, layers):
    layer = layers.publish({"extensions/relay-extension/index.js": "not run", "extensions/watcher": layers.script(LISTENER)})
    _, error, log = function(READER, Layers=[layer])()
    assert error is None
    assert [line[1] for line in lines(log, "EXTENSION")] == ["Name: watcher"]
