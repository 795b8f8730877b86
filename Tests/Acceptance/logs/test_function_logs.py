"""What functions write, read with the tools that people have: aws logs, sam logs, boto3."""

import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest
from conftest import eventually
from processes import read_until
from server import Server

GROUP = "/aws/lambda/f"
CODE = "def handler(event, context):\n    for line in event.get('lines', []): print(line)\n    return 1\n"


@pytest.fixture
def logs(server):
    return server.client("logs")


def found(logs, group=GROUP, **members):
    """A group's messages; none while it is not there."""
    try:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, **members)
        return [event["message"] for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []


def aws_tail(server):
    """The second version of the AWS CLI: the first, from PyPI, has no `logs tail`. Debian's does not know AWS_ENDPOINT_URL yet."""
    return ["/usr/bin/aws", "logs", "tail", GROUP, "--endpoint-url", server.url]


def run(server, *command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, env=server.environment | options.pop("env", {}), **options)


def test_an_invocations_lines_are_the_events_of_its_environments_stream(function, logs):
    function(CODE)({"lines": ["hello", "größe"]})
    lines = eventually(lambda: len(messages := found(logs)) >= 5 and messages)
    text = "".join(lines)
    assert re.search(r"START RequestId: (\S+) Version: \$LATEST\n", text), text
    assert [line for line in lines if line in ("hello\n", "größe\n")] == ["hello\n", "größe\n"]
    assert re.search(r"END RequestId: \S+\n", text) and "REPORT RequestId:" in text
    group, = logs.describe_log_groups()["logGroups"]
    assert group["logGroupName"] == GROUP and group["storedBytes"] > 0
    stream, = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream["logStreamName"])
    assert stream["firstEventTimestamp"] <= stream["lastEventTimestamp"] <= stream["lastIngestionTime"]
    assert len(logs.get_log_events(logGroupName=GROUP, logStreamName=stream["logStreamName"])["events"]) == len(lines)


def test_a_function_writes_to_the_group_that_it_names(function, logs):
    function(CODE, LoggingConfig={"LogGroup": "/mine/all"})({"lines": ["there"]})
    eventually(lambda: "there\n" in found(logs, "/mine/all"))
    assert [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]] == ["/mine/all"]


def test_aws_logs_shows_groups_filters_and_tails(function, logs, server):
    function(CODE)({"lines": ["first", "ERROR second"]})
    eventually(lambda: "ERROR second\n" in found(logs))
    assert json.loads(server.aws("logs", "describe-log-groups").stdout)["logGroups"][0]["logGroupName"] == GROUP
    filtered = server.aws("logs", "filter-log-events", "--log-group-name", GROUP, "--filter-pattern", "ERROR", "--query", "events[].message")
    assert json.loads(filtered.stdout) == ["ERROR second\n"]
    tail = run(server, *aws_tail(server), "--since", "1h", "--format", "short")
    assert tail.returncode == 0, tail.stderr
    lines = [line.split(" ", 1)[1] for line in tail.stdout.splitlines() if line]
    assert lines[0].startswith(("INIT_START", "START")) and lines.index("first") < lines.index("ERROR second")


class Following:
    """A command that prints lines until it is ended; waits for one that has a text."""

    def __init__(self, server, *command, env={}):
        self.process = subprocess.Popen(
            list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=server.environment | {"PYTHONUNBUFFERED": "1"} | env, start_new_session=True)
        self.lines = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def wait_for(self, text):
        self.lines += read_until(self.process.stdout, text)
        return self.lines[-1]


def test_aws_logs_tail_follows_a_later_invocation(function, logs, server):
    invoke = function(CODE)
    invoke({"lines": ["before"]})
    eventually(lambda: "before\n" in found(logs))
    with Following(server, *aws_tail(server), "--follow", "--since", "1h") as tail:
        tail.wait_for("before")
        invoke({"lines": ["after"]})
        assert GROUP not in tail.wait_for("after")
        assert sum("before" in line for line in tail.lines) == 1


def sam(server, tmp_path, *arguments):
    # sam forgets files in the temporary folder.
    return ["sam", "logs", "--region", "us-east-1", *arguments], {
        "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "SAM_CLI_TELEMETRY": "0"}


def test_sam_logs_shows_and_tails_a_functions_log_group(function, logs, server, tmp_path):
    invoke = function(CODE)
    invoke({"lines": ["before"]})
    eventually(lambda: "before\n" in found(logs))
    command, env = sam(server, tmp_path, "--cw-log-group", GROUP)
    shown = run(server, *command, env=env, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "before" in shown.stdout and "START RequestId" in shown.stdout
    command, env = sam(server, tmp_path, "--cw-log-group", GROUP, "--tail")
    with Following(server, *command, env=env) as tail:
        tail.wait_for("before")
        invoke({"lines": ["after"]})
        tail.wait_for("after")


def test_logs_outlive_the_server_and_a_new_one_adds_to_them(function, logs, server):
    function(CODE)({"lines": ["before"]})
    # The server itself writes what is waiting when it is told to stop.
    assert server.stop() == 0
    server.start()
    logs, client = server.client("logs"), server.client("lambda")
    assert "before\n" in found(logs)
    client.invoke(FunctionName="f", Payload=json.dumps({"lines": ["after"]}))
    eventually(lambda: "after\n" in found(logs))
    assert len(logs.describe_log_streams(logGroupName=GROUP)["logStreams"]) == 2


def test_a_killed_server_leaves_whole_lines(server, logs):
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    acknowledged, line = [], "x" * 5000

    def write():
        client = server.client("logs", parameter_validation=False)
        for number in range(100_000):
            try:
                at = int(time.time() * 1000)
                client.put_log_events(logGroupName="g", logStreamName="s", logEvents=[
                    {"timestamp": at, "message": f"{number}-{part}-{line}"} for part in range(20)])
            except Exception:
                return
            acknowledged.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    eventually(lambda: len(acknowledged) >= 20)
    server.stop(signal.SIGKILL)
    writer.join()
    # What a write that the kill cut short leaves.
    for path in (server.data / "logs/segments").glob("*/*"):
        with path.open("ab") as file:
            file.write(b"\x50\x00\x00\x00torn")
    server.start()
    messages = found(server.client("logs"), "g")
    assert all(re.fullmatch(r"\d+-\d+-x{5000}", message) for message in messages)
    numbers = [message[: -len(line) - 1] for message in messages]
    kept = len(acknowledged)
    assert numbers[: kept * 20] == [f"{number}-{part}" for number in range(kept) for part in range(20)]
    # What comes now is behind it, and read.
    server.client("logs").put_log_events(
        logGroupName="g", logStreamName="s", logEvents=[{"timestamp": int(time.time() * 1000), "message": "after"}])
    assert found(server.client("logs"), "g")[-1] == "after"


def test_the_oldest_logs_go_where_the_disk_is_bounded(lamina, tmp_path):
    limit = 2 << 20
    with Server(lamina, tmp_path / "data", "--log-storage", str(limit)) as server:
        logs = server.client("logs")
        logs.create_log_group(logGroupName="g")
        for number in range(60):
            name = f"s{number:02}"
            logs.create_log_stream(logGroupName="g", logStreamName=name)
            logs.put_log_events(logGroupName="g", logStreamName=name, logEvents=[
                {"timestamp": int(time.time() * 1000), "message": f"{name} " + "x" * 100_000}])
        seen = [message.split()[0] for message in found(logs, "g")]
        assert seen == [f"s{number:02}" for number in range(60 - len(seen), 60)] and len(seen) >= 10
        folder = tmp_path / "data/logs/segments"
        assert sum(path.stat().st_blocks * 512 for path in folder.glob("*/*")) <= limit
        assert len(logs.describe_log_streams(logGroupName="g")["logStreams"]) == len(seen)


def test_a_limit_too_small_is_refused(lamina, tmp_path):
    done = subprocess.run(
        [lamina, "serve", "--port", "0", "--data", tmp_path / "data", "--log-storage", "1000"], capture_output=True, text=True)
    assert done.returncode != 0 and "--log-storage is at least 1048576 bytes" in done.stderr


def test_the_servers_memory_does_not_grow_with_its_logs(server, logs):
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    for number in range(40):
        logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[
            {"timestamp": int(time.time() * 1000), "message": f"{number} {part} " + "x" * 1000} for part in range(900)])
    server.reset_peak_memory()
    before = server.memory("VmRSS")
    assert sum(1 for message in found(logs, "g", filterPattern='"0 xxx"') if message) == 40 * 90
    assert server.memory("VmHWM") - before < 20_000


def test_a_flood_of_lines_is_kept_or_its_loss_is_told(function, logs):
    count = 100_000
    invoke = function(f"def handler(e, c):\n    for number in range({count}): print(number, 'x' * 100)\n", Timeout=60)
    _, error, log = invoke()
    assert error is None, log

    def accounted():
        messages = found(logs, filterPattern='-"RequestId"')
        kept = [int(message.split()[0]) for message in messages if message.endswith("xxx\n")]
        dropped = sum(int(message.split()[0]) for message in messages if "log events were dropped" in message)
        return len(kept) + dropped == count and kept

    kept = eventually(accounted, 60)
    assert kept == sorted(kept) and len(kept) > 1000
