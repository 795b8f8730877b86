"""Starting, stopping and being killed: what is acknowledged stays, and nothing else does."""

import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import threading
import time

from botocore.exceptions import BotoCoreError, ClientError
from conftest import ROLE, eventually, make_zip
from processes import descendants, gone
from server import Server

SLEEPER = make_zip({"app.py": "import time\ndef handler(e, c):\n    time.sleep(e.get('seconds', 0))\n    return 1\n"})


def start_function(server, runtime):
    client = server.client("lambda", read_timeout=60)
    client.create_function(
        FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": SLEEPER}, Timeout=60)
    client.invoke(FunctionName="f", Payload=b"{}")
    return client


def start_invocation(client):
    """A long invocation in a thread of its own, and what it fails with."""
    failures = []

    def invoke():
        try:
            client.invoke(FunctionName="f", Payload=b'{"seconds": 50}')
        except (BotoCoreError, ClientError) as error:
            failures.append(error)

    thread = threading.Thread(target=invoke)
    thread.start()
    return thread, failures


def leftovers(data):
    """Temporary files, environments and mounts of a data folder."""
    partial = [path for path in data.rglob("*") if path.name.endswith(".partial")]
    kept = [*(data / "ingest").iterdir(), *(data / "execution/environments").iterdir()]
    mounts = [line for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines() if str(data) in line]
    return partial + kept + mounts


def test_a_stopped_server_leaves_no_sandbox(server, runtime):
    start_function(server, runtime)
    below = descendants(server.process.pid)
    assert below
    assert server.stop(signal.SIGTERM) == 0
    assert gone(below)
    assert leftovers(server.data) == []


def test_a_server_with_an_invocation_under_way_stops_all_the_same(server, runtime):
    client = start_function(server, runtime)
    below = descendants(server.process.pid)
    thread, _ = start_invocation(client)
    server.stop(signal.SIGINT)
    thread.join()
    assert gone(below)


def test_a_stop_says_what_it_waits_for_and_ends_at_a_second_signal(server, runtime):
    client, logs = start_function(server, runtime), server.client("logs")
    thread, failures = start_invocation(client)
    assert eventually(lambda: len(logs.filter_log_events(logGroupName="/aws/lambda/f", filterPattern='"START RequestId"')["events"]) == 2)
    server.process.send_signal(signal.SIGINT)
    assert eventually(lambda: "stopping: an invocation is under way" in server.log.read_text())
    begin = time.monotonic()
    assert server.stop(signal.SIGINT) == 0
    assert time.monotonic() - begin < 8
    thread.join()
    assert len(failures) == 1


def test_a_killed_server_takes_its_sandboxes_along(server, runtime):
    start_function(server, runtime)
    below = descendants(server.process.pid)
    server.stop(signal.SIGKILL)
    assert gone(below)
    server.start()
    assert leftovers(server.data) == []
    assert server.client("lambda").invoke(FunctionName="f", Payload=b"{}")["Payload"].read() == b"1"


def test_a_data_folder_is_held_by_one_server(server, lamina):
    second = subprocess.run([lamina, "serve", "--port", "0", "--data", server.data], capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert "another server uses the data folder" in second.stderr
    assert server.environment["AWS_ENDPOINT_URL"] == server.url


def test_a_port_in_use_is_told(server, lamina, tmp_path):
    port = server.url.rpartition(":")[2]
    second = subprocess.run([lamina, "serve", "--port", port, "--data", tmp_path / "other"], capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert f"cannot listen at 127.0.0.1:{port}" in second.stderr


def test_a_large_publish_takes_little_memory(server):
    client = server.client("lambda")
    content = make_zip({"data": os.urandom(45_000_000)})
    client.list_layers()
    idle = server.memory("VmRSS")
    server.reset_peak_memory()
    client.publish_layer_version(LayerName="large", Content={"ZipFile": content})
    assert server.memory("VmHWM") - idle < 24 * 1024


def test_the_keys_are_their_owners_alone_in_a_folder_that_others_may_read(lamina, tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    with Server(lamina, data) as server:
        server.client("lambda").list_layers()
        readable = [path.name for path in data.glob("catalog*") if path.stat().st_mode & 0o077]
        assert readable == []


def alter(data, statement):
    with contextlib.closing(sqlite3.connect(data / "catalog.sqlite", autocommit=True)) as catalog:
        catalog.execute(statement)


def test_a_command_leaves_the_tables_of_another_version_alone(lamina, tmp_path):
    with Server(lamina, tmp_path / "data"): pass
    run = lambda *command: subprocess.run([lamina, *command, "--data", tmp_path / "data"], capture_output=True, text=True)
    assert run("key", "list").returncode == 0
    alter(tmp_path / "data", "INSERT INTO grdb_migrations VALUES ('of the future')")
    for command in (("key", "list"), ("serve", "--port", "0")):
        done = run(*command)
        assert done.returncode == 1
        assert "catalog.sqlite is of a newer version of lamina" in done.stderr
    alter(tmp_path / "data", "DELETE FROM grdb_migrations WHERE identifier IN ('of the future', '2')")
    done = run("key", "list")
    assert done.returncode == 1
    assert "is of an older version of lamina; start 'lamina serve' of this one once" in done.stderr
