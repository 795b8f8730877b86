import io
import pathlib
import subprocess
import sys
import zipfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from server import Server  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROLE = "arn:aws:iam::000000000000:role/test"


def pytest_addoption(parser):
    parser.addoption("--lamina", default=ROOT / ".build/debug/lamina", help="the program to test")


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


def make_zip(files):
    """A zip of texts or bytes by path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
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
