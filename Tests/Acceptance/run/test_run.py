"""`lamina run`: a function without a server."""

import json
import os
import re
import signal
import socket
import subprocess

import pytest
from conftest import make_zip
from processes import read_until

ECHO = "def handler(event, context): return event\n"
COUNT = "calls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n    return [calls, event]\n"


def test_the_answer_goes_to_the_standard_output_and_the_log_to_the_standard_error(runner):
    done = runner(runner.code("def handler(event, context):\n    print('said')\n    return {'a': 1}\n"))
    assert (done.returncode, done.stdout) == (0, '{"a": 1}\n')
    shapes = [
        r"INIT_START Runtime Version: python:3\.\d+\S*", r"START RequestId: [0-9a-f-]{36} Version: \$LATEST", "said",
        r"END RequestId: [0-9a-f-]{36}",
        r"REPORT RequestId: [0-9a-f-]{36}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB"
        r"\tInit Duration: [\d.]+ ms\t",
    ]
    # What this machine cannot do for functions is told beside it.
    lines = [line for line in done.stderr.splitlines() if not line.startswith("lamina: ")]
    assert len(lines) == len(shapes) and all(map(re.fullmatch, shapes, lines)), done.stderr


def test_the_log_comes_while_the_function_runs(runner):
    code = """
import os, time
def handler(event, context):
    print("waiting")
    while not os.path.exists("/var/task/go"): time.sleep(0.01)
    return "gone"
"""
    with runner.start(runner.code(code), "--timeout", 60) as process:
        read_until(process.stderr, "waiting")
        runner.write("function/go", "")
        process.stderr.read()
        assert process.stdout.read() == '"gone"\n'
    assert process.returncode == 0


@pytest.mark.parametrize(
    "code, error",
    [
        ("def handler(event, context): raise KeyError('no')\n", "KeyError"),
        ("import os\ndef handler(event, context): os._exit(3)\n", "Runtime.ExitError"),
        ("import nothing\n", "Runtime.ImportModuleError"),
        ("def other(event, context): pass\n", "Runtime.HandlerNotFound"),
        ("def handler(:\n", "Runtime.UserCodeSyntaxError"),
        ("import time\ndef handler(event, context): time.sleep(60)\n", "Sandbox.Timedout"),
    ], ids=["exception", "exit", "import", "handler", "syntax", "timeout"])
def test_what_a_function_fails_with_is_its_answer_and_the_exit_status_1(runner, code, error):
    done = runner(runner.code(code), "--timeout", 1)
    assert (done.returncode, json.loads(done.stdout)["errorType"]) == (1, error), done.stderr


def test_a_traceback_has_a_line_for_each_of_its_lines(runner):
    done = runner(runner.code("def handler(event, context): raise ValueError('no')\n"))
    assert "[ERROR] ValueError: no" in done.stderr.splitlines() and "\r" not in done.stderr


def test_a_handler_module_that_is_not_there_is_the_functions_error(runner):
    done = runner(runner.code(ECHO), handler="other.handler")
    assert (done.returncode, json.loads(done.stdout)["errorMessage"]) == (1, "Unable to import module 'other': No module named 'other'")


def test_json_tells_the_figures_and_the_log_too(runner):
    code = "def handler(event, context):\n    print('said')\n    if event: raise ValueError('no')\n"
    done = runner(runner.code(code), "--event", "{}", "--event", "1", "--format", "json")
    assert done.returncode == 1
    cold, warm = map(json.loads, done.stdout.splitlines())
    assert set(cold) == {"payload", "error", "log", "duration", "billed", "memory", "init"}
    assert (cold["payload"], cold["error"], warm["payload"]["errorType"], warm["error"]) == (None, None, "ValueError", "Unhandled")
    assert cold["log"].startswith("START RequestId: ") and "\nsaid\n" in cold["log"]
    assert cold["init"] > 0 and warm["init"] is None
    assert cold["billed"] >= cold["duration"] > 0 and 0 < cold["memory"] <= 128


def test_an_answer_of_several_lines_is_printed_in_one(runner):
    # A runtime client of its own, since AWS's writes JSON without newlines.
    code = """
import os, urllib.request
base = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(base + "next") as event:
        id = event.headers["Lambda-Runtime-Aws-Request-Id"]
    urllib.request.urlopen(base + id + "/response", b'{\\r\\n  "a": "b\\\\nc"\\n}').close()
"""
    folder = runner.code(code)
    assert runner.answers(folder) == [{"a": "b\nc"}]
    answer, = runner.answers(folder, "--format", "json")
    assert answer["payload"] == {"a": "b\nc"}


def test_an_edit_is_seen_by_the_next_run(runner):
    folder = runner.code("def handler(event, context): return 1\n")
    assert runner.answers(folder) == [1]
    runner.code("def handler(event, context): return 'edited'\n")
    assert runner.answers(folder) == ["edited"]


def test_code_may_be_a_zip(runner):
    runner.write("function.zip", make_zip({"app.py": "def handler(event, context): return [event, context.function_name]\n"}))
    assert runner.answers("function.zip") == [[{}, "function"]]


# --- Events

def test_an_event_is_a_file_or_the_standard_input_or_json(runner):
    folder = runner.code(ECHO)
    runner.write("event.json", '{"from": "a file"}')
    events = ["event.json", "-", '{"from": "the command line"}', "[1]", '"text"', "7", "null"]
    arguments = [part for event in events for part in ("--event", event)]
    assert runner.answers(folder, *arguments, stdin='{"from": "stdin"}') == [
        {"from": "a file"}, {"from": "stdin"}, {"from": "the command line"}, [1], "text", 7, None]


def test_no_event_and_an_empty_one_are_an_empty_object(runner):
    folder = runner.code(ECHO)
    assert runner.answers(folder) == runner.answers(folder, "--event", "-", stdin="") == [{}]


def test_an_event_may_come_by_a_pipe_of_the_shell(runner):
    folder = runner.code(ECHO)
    reading, writing = os.pipe()
    os.write(writing, b'{"from": "a pipe"}')
    os.close(writing)
    done = subprocess.run(
        runner.command(folder, "--handler", "app.handler", "--runtime", runner.runtime, "--event", f"/dev/fd/{reading}"),
        pass_fds=[reading], cwd=runner.folder, env=runner.environment, capture_output=True)
    os.close(reading)
    assert json.loads(done.stdout) == {"from": "a pipe"}


def test_events_go_one_after_the_other_to_one_warm_environment(runner):
    assert runner.answers(runner.code(COUNT), "--event", '"a"', "--event", '"b"', "--repeat", 2) == [[1, "a"], [2, "b"], [3, "a"], [4, "b"]]


def test_an_event_that_fails_does_not_keep_the_others_from_going(runner):
    done = runner(runner.code("def handler(event, context): return 1 / event\n"), "--event", "0", "--event", "1")
    assert done.returncode == 1
    failed, other = map(json.loads, done.stdout.splitlines())
    assert (failed["errorType"], other) == ("ZeroDivisionError", 1.0)


def test_the_largest_event_passes_and_a_byte_more_is_refused(runner):
    folder = runner.code("def handler(event, context): return len(event)\n")
    runner.write("event.json", json.dumps("x" * (6_291_456 - 2)))
    assert runner.answers(folder, "--event", "event.json", "--timeout", 30, "--memory", 512) == [6_291_454]
    runner.write("event.json", json.dumps("x" * (6_291_456 - 1)))
    done = runner(folder, "--event", "event.json")
    assert (done.returncode, done.stdout, done.stderr) == (
        1, "", "lamina: --event event.json: Request must be smaller than 6291456 bytes for the InvokeFunction operation\n")


def test_an_event_that_is_no_json_is_refused_with_its_place(runner):
    folder = runner.code(ECHO)
    runner.write("event.json", '{\n  "a": 1,\n  "ä": }\n')
    done = runner(folder, "--event", "event.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "lamina: --event event.json is no JSON at line 3, column 8: Unexpected character '}'" in done.stderr
    done = runner(folder, "--event", "evnt.json")
    assert (done.returncode, done.stderr) == (1, "lamina: --event evnt.json is neither a file nor JSON\n")


# --- Configuration

def test_the_network_is_chosen_as_for_a_server(runner):
    code = "import socket\ndef handler(event, context): return sorted(name for _, name in socket.if_nameindex())\n"
    folder = runner.code(code)
    assert runner.answers(folder, "--function-network", "none") == [["lo"]]
    done = runner(folder, "--function-network", "host", "--function-cpu", "quota")
    assert json.loads(done.stdout) == sorted(name for _, name in socket.if_nameindex())
    assert "lamina: functions share this machine's network" in done.stderr


def test_a_network_that_was_asked_for_and_cannot_be_had_is_an_error(runner, broken_slirp):
    folder = runner.code("def handler(event, context): return 1\n")
    done = runner(folder, "--function-network", "nat", environment={"PATH": os.environ["PATH"]})
    assert (done.returncode, done.stdout) == (1, "")
    assert "lamina: functions cannot have --function-network nat; choose none or host: " in done.stderr
    assert "no tap here" in done.stderr


def test_the_function_is_configured_by_options(runner):
    code = """
import os
def handler(event, context):
    return [os.environ["AA"], os.environ["BB"], os.environ["AWS_REGION"], context.function_name, context.memory_limit_in_mb,
            context.get_remaining_time_in_millis() > 20_000]
"""
    runner.write("some.env", "# a comment\n\nexport BB='from = the file'\nAA=unseen\n")
    assert runner.answers(
        runner.code(code), "--env-file", "some.env", "--env", "AA=seen=here", "--region", "eu-west-1", "--name", "other", "--memory", 256,
        "--timeout", 30, "--storage", 1024, "--architecture", os.uname().machine.replace("aarch64", "arm64")
    ) == [["seen=here", "from = the file", "eu-west-1", "other", "256", True]]


@pytest.mark.parametrize(
    "option, value, message",
    [
        ("--timeout", 901, "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900"),
        ("--memory", 127, "Value '127' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128"),
        ("--storage", 1, "Value '1' at 'ephemeralStorage.size' failed to satisfy constraint"),
        ("--env", "AWS_REGION=x", "Reserved keys used in this request: AWS_REGION"),
        ("--env", "BIG=" + "x" * 4096, "exceeded the 4KB limit"),
        ("--env", "WITHOUT", "--env WITHOUT is no variable: write it as NAME=VALUE"),
        ("--env-file", "none.env", "cannot read --env-file none.env"),
        ("--env-file", "bad.env", "bad.env, line 2: 'NO' is no variable"),
        ("--name", "a b", "--name a b is no function's name"),
        ("--layer", "none.zip", "'none.zip' is neither a file of this machine nor a layer version"),
        ("--layer", "bad.env", "bad.env is no zip that Lambda could unzip: give a zip or a folder"),
    ], ids=lambda value: str(value)[:20])
def test_what_aws_would_refuse_is_refused(runner, option, value, message):
    runner.write("bad.env", "AA=1\nNO\n")
    done = runner(runner.code(ECHO), option, value)
    assert (done.returncode, done.stdout) == (1, "") and message in done.stderr, done.stderr


def test_the_handler_of_the_consoles_functions_need_not_be_named(runner):
    runner.write("function/lambda_function.py", "def lambda_handler(event, context): return 'found'\n")
    assert runner.answers("function", handler=None) == ["found"]


def test_a_handler_that_cannot_be_told_is_asked_for(runner):
    done = runner(runner.code(ECHO), handler=None)
    assert (done.returncode, done.stderr) == (
        1, "lamina: give --handler, as in --handler app.handler for the function handler of app.py: function has app.py\n")


def test_a_runtime_is_asked_for(runner):
    done = runner.plain(runner.code(ECHO))
    assert done.returncode == 64
    assert "give --runtime, as in --runtime " in done.stderr and runner.runtime in done.stderr and "provided.al2023" in done.stderr


def test_a_runtime_that_the_machine_lacks_is_told_with_how_to_get_it(runner):
    nowhere = {"HOME": str(runner.folder), "PATH": "/nonexistent", "PYENV_ROOT": "/nonexistent", "UV_PYTHON_INSTALL_DIR": "/nonexistent"}
    done = runner.plain(runner.code(ECHO), "--runtime", "python3.14", "--handler", "app.handler", environment=nowhere)
    assert (done.returncode, done.stdout) == (1, "")
    assert "python3.14" in done.stderr and "install" in done.stderr


def test_code_that_is_not_there_or_no_zip_is_refused(runner):
    done = runner("none")
    assert (done.returncode, done.stderr) == (1, "lamina: there is no file or folder none\n")
    runner.code(ECHO)
    done = runner("function/app.py")
    assert done.returncode == 1 and "function/app.py is no zip that Lambda could unzip: give a zip or a folder" in done.stderr


def test_more_than_a_function_may_have_unzipped_is_refused(runner):
    runner.code(ECHO)
    for path, size in [("function/large", 200_000_000), ("layer/lib/large", 100_000_000)]:
        os.truncate(runner.write(path, ""), size)
    done = runner("function", "--layer", "layer")
    assert (done.returncode, done.stdout) == (1, "")
    left = 262_144_000 - 100_000_000
    assert f"Unzipped size must be smaller than {left} bytes (262144000 less 100000000 of layers): function has 2000000" in done.stderr
    assert "layer has 100000000" in done.stderr


def test_an_answer_that_nobody_reads_is_an_error(runner):
    reading, writing = os.pipe()
    os.close(reading)
    with runner.start(runner.code(ECHO), stdout=writing) as process:
        os.close(writing)
        assert "lamina: cannot write to the standard output: Broken pipe" in process.stderr.read()
    assert process.returncode == 1


def test_a_log_that_nobody_reads_ends_nothing(runner):
    reading, writing = os.pipe()
    os.close(reading)
    with runner.start(runner.code("def handler(event, context): return 1\n"), "--watch", stderr=writing) as process:
        os.close(writing)
        assert process.stdout.readline() == "1\n"
        runner.code("def handler(event, context): return 'edited'\n")
        assert process.stdout.readline() == '"edited"\n'
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGINT


def test_an_empty_zip_is_refused(runner):
    runner.write("empty.zip", make_zip({}))
    for arguments in [("empty.zip",), (runner.code(ECHO), "--layer", "empty.zip")]:
        done = runner(*arguments)
        assert (done.returncode, done.stderr) == (1, "lamina: empty.zip is an empty zip, which Lambda does not take\n")
