import io
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

import pytest
from botocore.exceptions import ClientError

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from server import Server  # noqa: E402

# A run under nohup would hand its ignored hang-ups on to what is tested.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROLE = "arn:aws:iam::000000000000:role/test"


def pytest_addoption(parser):
    parser.addoption("--lamina", default=ROOT / ".build/release/lamina", help="the program to test")


@pytest.fixture(scope="session")
def lamina(request):
    return pathlib.Path(request.config.getoption("--lamina")).resolve()


@pytest.fixture(scope="session")
def runtime(lamina):
    """The newest Python runtime of this machine, its client installed."""
    python = subprocess.run([ROOT / "scripts/find-python.sh"], check=True, capture_output=True, text=True).stdout.strip()
    name = pathlib.Path(python).name
    subprocess.run([lamina, "runtimes", "--prepare", name], check=True, capture_output=True)
    return name


@pytest.fixture
def server(lamina, tmp_path):
    with Server(lamina, tmp_path / "data") as server:
        yield server


@pytest.fixture
def client(server):
    return server.client("lambda", read_timeout=60)


@pytest.fixture
def accounts(lamina, tmp_path):
    """A server that takes any 12-digit access key as an account; gives clients by account."""
    with Server(lamina, tmp_path / "accounts", "--auth", "off") as server:
        yield lambda account, service="lambda", **options: server.client(service, key=account, secret="any", **options)


@pytest.fixture
def builder(lamina, tmp_path):
    """Builds layers in the test's folder."""
    from building import Builder

    return Builder(lamina, tmp_path)


@pytest.fixture
def layers(client, runtime):
    """Publishes layers that bring extensions."""
    from extension_programs import Layers

    return Layers(client, runtime)


@pytest.fixture
def runner(lamina, runtime, tmp_path):
    """Runs `lamina run` in the test's folder; nothing may be left in the temporary folder that it has."""
    from running import Runner

    runner = Runner(lamina, runtime, tmp_path)
    yield runner
    assert list(runner.temporary.iterdir()) == []


@pytest.fixture
def runtimes(lamina, tmp_path, monkeypatch):
    """Adds runtimes by hand, which this test's servers have."""
    from added_runtimes import AddedRuntimes

    return AddedRuntimes(lamina, tmp_path / "home", monkeypatch.setenv)


@pytest.fixture
def broken_slirp(monkeypatch):
    """A slirp4netns that says why it does not start, which sandboxes' users may run; the file of its starts."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        starts = folder / "starts"
        starts.touch()
        starts.chmod(0o666)
        program = folder / "slirp4netns"
        program.write_text(f"#!/bin/sh\necho start >> {starts}\necho 'no tap here' >&2\nexit 1\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        yield starts


@pytest.fixture(scope="module")
def shared_server(lamina, tmp_path_factory):
    """A server that the tests of a file share."""
    with Server(lamina, tmp_path_factory.mktemp("shared") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def inside(shared_server, runtime):
    """A function of the shared server that runs what it is given."""
    from inside import Function

    return Function(shared_server.client("lambda", read_timeout=60), runtime)


@pytest.fixture
def other(shared_server, runtime):
    """A second function of the shared server, warm."""
    from inside import Function

    client = shared_server.client("lambda", read_timeout=60)
    function = Function(client, runtime, "other", Environment={"Variables": {"SECRET": "of-the-other"}})
    function.run("answer = 1")
    yield function
    client.delete_function(FunctionName="other")


# Files whose tests share what takes long to make: one worker runs all of one.
TOGETHER = ("build/test_completion.py", "sandbox/test_escapes.py", "sandbox/test_sight.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return next((file for file in TOGETHER if f"{file}::" in nodeid), nodeid)

    return Scheduling(config, log)


def refusal(call, **members):
    """What a request is refused with: (status, code, message)."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"].get("Message")


def eventually(condition, seconds=30):
    """Asks again and again until a condition gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
    return found


def cache_folder():
    """Where lamina keeps what can be made again, as it finds it."""
    if named := os.environ.get("LAMINA_CACHE_DIR"):
        return pathlib.Path(named)
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "lamina"


def make_zip(files):
    """A zip of texts or bytes by path; the same for the same files, whatever the time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


@pytest.fixture
def function(client, runtime):
    """Makes a function from its code and gives a way to invoke it: (payload, error kind or None, log)."""
    import base64
    import json

    def make(code, name="f", **options):
        settings = {"Runtime": runtime, "Handler": "app.handler", "Role": ROLE, "Timeout": 10, "MemorySize": 256} | options
        client.create_function(FunctionName=name, Code={"ZipFile": make_zip({"app.py": code})}, **settings)

        def invoke(event=None, **arguments):
            answer = client.invoke(FunctionName=name, Payload=json.dumps(event or {}), LogType="Tail", **arguments)
            log = base64.b64decode(answer["LogResult"]).decode()
            return json.loads(answer["Payload"].read()), answer.get("FunctionError"), log

        return invoke

    return make
