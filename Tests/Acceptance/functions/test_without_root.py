"""A server that is not root: user namespaces take the place of privileges."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from conftest import ROLE, make_zip
from extension_programs import LISTENER, READER, Layers, lines
from server import Server

NOBODY = 65534


class UnprivilegedServer(Server):
    """Runs every lamina as nobody, with folders of its own."""

    def command(self, *arguments):
        environment = {
            "HOME": str(self.data.parent), "PATH": f"{pathlib.Path(shutil.which('uv')).parent}:/usr/bin:/bin",
            "LAMINA_CACHE_DIR": str(self.data.parent / "cache"), "UV_CACHE_DIR": str(self.data.parent / "uv"),
        }
        settings = [f"{name}={value}" for name, value in environment.items()]
        return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "env", *settings, self.lamina, *arguments]


@pytest.fixture
def unprivileged_server(lamina):
    if os.geteuid() != 0:
        pytest.skip("the other tests run without root already")
    readable = subprocess.run(
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "sh", "-c", 'test -x "$0" && test -x "$1"', lamina,
         shutil.which("uv")])
    if readable.returncode != 0:
        pytest.skip("nobody may not read this folder")
    folder = pathlib.Path(tempfile.mkdtemp())
    os.chown(folder, NOBODY, NOBODY)
    try:
        with UnprivilegedServer(lamina, folder / "data") as server:
            yield server
    finally:
        shutil.rmtree(folder)


def test_a_function_runs_with_its_layers_merged(unprivileged_server):
    listed = subprocess.run(unprivileged_server.command("runtimes", "--format", "json"), capture_output=True, text=True, check=True)
    runtimes = json.loads(listed.stdout)["runtimes"]
    if not runtimes:
        pytest.skip("nobody has no Python here")
    client = unprivileged_server.client("lambda", read_timeout=60)
    layers = [
        client.publish_layer_version(LayerName=f"l{value}", Content={"ZipFile": make_zip({"python/tool.py": f"VALUE = {value}\n"})})
        for value in (1, 2)
    ]
    client.create_function(
        FunctionName="f", Runtime=runtimes[0]["runtime"], Handler="app.handler", Role=ROLE, Timeout=10,
        Layers=[layer["LayerVersionArn"] for layer in layers],
        Code={"ZipFile": make_zip({"app.py": "import os, tool\ndef handler(e, c): return [os.getuid(), tool.VALUE]\n"})})
    assert json.loads(client.invoke(FunctionName="f")["Payload"].read()) == [1051, 2]


def test_a_function_runs_with_an_extension(unprivileged_server):
    listed = subprocess.run(unprivileged_server.command("runtimes", "--format", "json"), capture_output=True, text=True, check=True)
    runtimes = [runtime["runtime"] for runtime in json.loads(listed.stdout)["runtimes"] if runtime["runtime"].startswith("python")]
    if not runtimes:
        pytest.skip("nobody has no Python here")
    client = unprivileged_server.client("lambda", read_timeout=60)
    layers = Layers(client, runtimes[0])
    client.create_function(
        FunctionName="f", Runtime=runtimes[0], Handler="app.handler", Role=ROLE, Timeout=10, Code={"ZipFile": make_zip({"app.py": READER})},
        Layers=[layers.extensions(watcher=layers.script(LISTENER, "INVOKE"))])
    answer = client.invoke(FunctionName="f", LogType="Tail")
    log = base64.b64decode(answer["LogResult"]).decode()
    assert "FunctionError" not in answer, log
    assert lines(log, "EXTENSION") == [["EXTENSION", "Name: watcher", "State: Ready", "Events: [INVOKE]"]]
