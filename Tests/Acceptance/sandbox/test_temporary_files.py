"""/tmp: its size, and how long its files stay."""

import os
import pathlib

import pytest
from conftest import eventually
from inside import Function
from server import Server

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file")

FILL = """
    import os
    answer = 0
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                answer += file.write(bytes(1 << 20))
        except OSError as error:
            answer = [answer >> 20, error.errno]
    os.unlink(path)
    """


@pytest.mark.parametrize("size", [512, 700])
def test_it_is_full_at_its_size_and_others_are_not(client, runtime, size):
    function = Function(client, runtime, EphemeralStorage={"Size": size}, MemorySize=128)
    other = Function(client, runtime, "other")
    written, error = function.run("""
        answer = [0, 0]
        file = open("/tmp/big", "wb", buffering=0)
        while not answer[1]:
            try:
                answer[0] += file.write(bytes(1 << 20)) >> 20
            except OSError as error:
                answer[1] = error.errno
        """)
    assert error == 28 and size * 0.97 <= written <= size * 1.05
    assert other.run("open('/tmp/x', 'w').write('y' * 100_000)\nanswer = open('/tmp/x').read(1)") == "y"
    # It is the function's again once the file is gone.
    function.run("import os\nos.unlink('/tmp/big')\nopen('/tmp/small', 'wb').write(bytes(100 << 20))")


@root_only
def test_its_files_are_no_memory_of_the_function(client, runtime):
    function = Function(client, runtime, MemorySize=128)
    _, error, log = function.invoke("""
        with open("/tmp/big", "wb") as file:
            for _ in range(400):
                file.write(bytes(1 << 20))
        answer = 1
        """)
    assert error is None, log
    assert int(log.split("Max Memory Used: ")[1].split()[0]) < 60


def test_its_files_outlive_a_timeout_and_end_with_the_environment(client, runtime):
    function = Function(client, runtime, Timeout=2)
    function.run("open('/tmp/kept', 'w').write('x')")
    assert function.invoke("import time\ntime.sleep(60)")[0]["errorType"] == "Sandbox.Timedout"
    assert function.run("import os\nopen('/tmp/kept', 'a').write('y')\nanswer = open('/tmp/kept').read()") == "xy"
    client.update_function_configuration(FunctionName="f", MemorySize=257)
    assert function.run("import os\nanswer = os.listdir('/tmp')") == []


FILE_SYSTEM = "answer = [line.split()[2] for line in open('/proc/mounts') if line.split()[1] == '/tmp'][0]"


@root_only
def test_what_a_crash_spoilt_or_left_is_made_again_or_removed(lamina, tmp_path, runtime):
    volumes = tmp_path / "data/execution/volumes"
    for name in ("A.partial.mount", "try-A"):
        (volumes / name).mkdir(parents=True)
    (volumes / "A.partial").write_bytes(b"x")
    (volumes / "1-512.ext4").write_bytes(bytes(1 << 20))
    with Server(lamina, tmp_path / "data") as server:
        assert Function(server.client("lambda", read_timeout=60), runtime).run(FILE_SYSTEM) == "ext4"
        eventually(lambda: [path.name for path in volumes.iterdir()] == ["1-512.ext4"])
    assert "in memory" not in server.log.read_text()


@root_only
def test_a_failure_is_one_environments_alone(client, server, runtime):
    assert Function(client, runtime, "before").run(FILE_SYSTEM) == "ext4"
    volumes = server.data / "execution/volumes"
    eventually(lambda: [path.name for path in volumes.iterdir()] == ["1-512.ext4"])
    template = volumes / "1-512.ext4"
    template.unlink()
    template.mkdir()
    assert Function(client, runtime, "meanwhile").run(FILE_SYSTEM) == "tmpfs"
    assert "in memory" in server.log.read_text()
    template.rmdir()
    assert Function(client, runtime, "after").run(FILE_SYSTEM) == "ext4"


def test_nothing_is_left_of_it(server, runtime):
    function = Function(server.client("lambda", read_timeout=60), runtime)
    function.run("open('/tmp/x', 'w').write('y')")
    server.stop()
    backing = [path.read_text() for path in pathlib.Path("/sys/block").glob("loop*/loop/backing_file")]
    assert not [text for text in backing if str(server.data) in text]
    assert list((server.data / "execution/environments").iterdir()) == []
