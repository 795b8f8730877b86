"""LogFormat JSON: the platform's lines are records, as the Telemetry API has them."""

import json

import pytest

CODE = "import os\ndef handler(event, context):\n    if event: os._exit(1)\n    return {k: v for k, v in os.environ.items() if 'LAMBDA_LOG_' in k}\n"


def platform(log):
    return [event for event in map(json.loads, log.splitlines()) if event.get("type", "").startswith("platform.")]


def test_the_platforms_lines_are_records(function):
    invoke = function(CODE, LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "WARN"})
    answer, _, log = invoke()
    assert answer["AWS_LAMBDA_LOG_FORMAT"] == "JSON" and answer["AWS_LAMBDA_LOG_LEVEL"] == "WARN"
    start, report = platform(log)
    assert (start["type"], start["record"]["version"]) == ("platform.start", "$LATEST")
    assert report["type"] == "platform.report"
    assert report["record"].keys() == {"requestId", "status", "metrics"}
    _, _, log = invoke({"end": True})
    assert [event["record"].get("errorType") for event in platform(log)] == [None, "Runtime.ExitError", "Runtime.ExitError"]


@pytest.mark.parametrize(("level", "types"), [
    ("DEBUG", ["initRuntimeDone", "initReport", "start", "runtimeDone", "report"]), ("INFO", ["start", "report"]), ("WARN", [])])
def test_the_system_log_level_leaves_out_what_is_less_grave(function, level, types):
    invoke = function(CODE, LoggingConfig={"LogFormat": "JSON", "SystemLogLevel": level})
    _, _, log = invoke()
    assert [event["type"] for event in platform(log)] == [f"platform.{name}" for name in types]


def test_a_function_whose_log_is_text_has_no_variables_of_it(function):
    answer, _, log = function(CODE)()
    assert not {"AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL"} & answer.keys()
    assert log.startswith("START RequestId: ")
