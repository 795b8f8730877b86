"""Memory, processors and processes."""

import os
import pathlib
import signal

import pytest
from conftest import eventually
from inside import Function
from processes import is_below
from server import Server

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only where the server has cgroups")


def groups(server):
    """The folders of the server's cgroups."""
    found = []
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split()
        if fields[fields.index("-") + 1] in ("cgroup", "cgroup2"):
            found += [path for path in pathlib.Path(fields[4]).glob("**/lamina-*/*-*-*-*-*") if path.is_dir() and has_child_of(server, path)]
    return found


def has_child_of(server, group):
    return any(is_below(int(pid), server.process.pid) for pid in (group / "cgroup.procs").read_text().split())


def test_a_fork_bomb_is_limited_and_others_live_on(client, runtime):
    function, other = Function(client, runtime, MemorySize=3008), Function(client, runtime, "other")
    other.run("answer = 1")
    answer = function.run("""
        import os, signal
        children = []
        try:
            while len(children) < 5000:
                child = os.fork()
                if child == 0:
                    signal.pause()
                children.append(child)
        except OSError as error:
            answer = [len(children), error.errno]
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
        """)
    assert answer[1] == 11 and 900 < answer[0] < 1024  # EAGAIN
    assert other.run("answer = 'alive'") == "alive"


def test_a_fork_bomb_that_never_ends_is_gone_with_its_environment(client, server, runtime):
    function = Function(client, runtime, Timeout=2)
    payload, error, _ = function.invoke("""
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """)
    assert error == "Unhandled" and payload["errorType"] in ("Sandbox.Timedout", "Runtime.OutOfMemory", "Runtime.ExitError")
    assert function.run("answer = 'again'") == "again"


@root_only
def test_a_function_that_wants_more_memory_is_ended_and_others_live_on(client, runtime):
    function, other = Function(client, runtime, MemorySize=128), Function(client, runtime, "other", MemorySize=128)
    other.run("answer = 1")
    payload, error, log = function.invoke("kept = bytearray(b'x') * (300 << 20)\nanswer = len(kept)")
    assert (error, payload["errorType"]) == ("Unhandled", "Runtime.OutOfMemory")
    assert "Memory Size: 128 MB\tMax Memory Used: 128 MB" in log
    assert other.run("answer = 'alive'") == "alive"


def test_the_memory_of_children_counts(client, runtime):
    function = Function(client, runtime, MemorySize=512)
    _, error, log = function.invoke("""
        import os, signal
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            kept = bytearray(b"x") * (100 << 20)
            os.write(write, b"1")
            signal.pause()
        os.read(read, 1)
        """)
    assert error is None
    assert 100 <= int(log.split("Max Memory Used: ")[1].split()[0]) <= 160


def test_a_child_that_was_killed_for_the_limit_had_reached_it(client, runtime):
    function = Function(client, runtime, MemorySize=128)
    _, error, log = function.invoke("""
        import subprocess, sys
        subprocess.run([sys.executable, "-c", "kept = b'1' * (300 << 20)"])
        """)
    assert error is None
    assert "Max Memory Used: 128 MB" in log


def test_a_runtime_that_ends_by_itself_has_used_memory(client, runtime):
    function = Function(client, runtime)
    _, error, log = function.invoke("import os\nos._exit(3)")
    assert error == "Unhandled"
    assert 5 < int(log.split("Max Memory Used: ")[1].split()[0]) < 256


class NarrowServer(Server):
    """A server that is started with few open files, of which it may have more."""

    def command(self, *arguments):
        return ["sh", "-c", 'ulimit -S -n 256; exec "$@"', "sh", self.lamina, *arguments]


def test_the_server_may_open_as_many_files_as_the_system_allows(lamina, tmp_path):
    with NarrowServer(lamina, tmp_path / "data") as server:
        limits = pathlib.Path(f"/proc/{server.process.pid}/limits").read_text()
        soft, hard = next(line.split()[3:5] for line in limits.splitlines() if line.startswith("Max open files"))
        assert soft == hard != "256"


def test_what_a_function_reads_is_not_its_memory(client, runtime):
    function = Function(client, runtime)
    _, error, log = function.invoke("""
        import os
        with open("/tmp/file", "wb") as file:
            file.write(bytes(60 << 20))
        with open("/tmp/file", "rb") as file:
            while file.read(1 << 20):
                pass
        """)
    assert error is None
    # The 60 MB that were written at once are the function's own.
    function.invoke("answer = 1")
    assert int(log.split("Max Memory Used: ")[1].split()[0]) < 60 + 50


@root_only
def test_processors_are_shared_by_memory(server, client, runtime):
    Function(client, runtime, MemorySize=1769).run("answer = 1")
    values = [
        float(path.read_text()) / whole for group in groups(server)
        for name, whole in (("cpu.shares", 1024), ("cpu.weight", 100)) if (path := group / name).exists()
    ]
    assert values == [1.0]
    assert [path.read_text().strip() for group in groups(server) if (path := group / "pids.max").exists()] == ["1024"]


@root_only
def test_a_quota_bounds_the_processors(lamina, tmp_path, runtime):
    burn = """
        import time
        end = time.monotonic() + 1
        while time.monotonic() < end:
            pass
        answer = time.process_time()
        """
    with Server(lamina, tmp_path / "data", "--function-cpu", "quota") as server:
        function = Function(server.client("lambda", read_timeout=60), runtime, MemorySize=442)
        before = function.run("import time\nanswer = time.process_time()")
        assert 0.1 < function.run(burn) - before < 0.45


@root_only
def test_what_a_killed_server_left_is_swept_at_the_next_start(lamina, tmp_path, runtime):
    server = Server(lamina, tmp_path / "data")
    with server:
        Function(server.client("lambda", read_timeout=60), runtime).run("open('/tmp/x', 'w').write('y')")
        left = groups(server)
        assert left
        server.stop(signal.SIGKILL)
        server.start()
        eventually(lambda: not [group for group in left if group.exists()])
    assert not [group for group in left if group.parent.exists()]


def test_memory_of_what_has_ended_is_counted_too(function):
    invoke = function("""
import os, subprocess, sys, time
def handler(event, context):
    if event.get("child"): subprocess.run([sys.executable, "-c", "import time; x = b'1' * (80 << 20); time.sleep(1)"], check=True)
    if event.get("exit"):
        kept = b"1" * (60 << 20)
        time.sleep(1)
        os._exit(1)
""", MemorySize=256)

    def most(event):
        return int(invoke(event)[2].split("Max Memory Used: ")[1].split()[0])

    assert 60 <= most({"exit": True}) < 120
    assert 80 <= most({"child": True}) < 160
