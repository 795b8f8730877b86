"""A server that is not root: user namespaces take the place of privileges."""

import base64
import errno
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from conftest import ROLE, eventually, make_zip
from extension_programs import COLLECTOR, LISTENER, LOOP, READER, Layers, lines
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


@pytest.fixture
def unprivileged_runtime(unprivileged_server):
    listed = subprocess.run(unprivileged_server.command("runtimes", "--format", "json"), capture_output=True, text=True, check=True)
    runtimes = [item for item in json.loads(listed.stdout)["runtimes"] if "python" in item["runtime"] and item["state"] != "missing"]
    if not runtimes:
        pytest.skip("nobody has no Python here")
    return runtimes[0]["runtime"]


def test_a_function_runs_with_its_layers_merged(unprivileged_server, unprivileged_runtime):
    client = unprivileged_server.client("lambda", read_timeout=60)
    layers = [
        client.publish_layer_version(LayerName=f"l{value}", Content={"ZipFile": make_zip({"python/tool.py": f"VALUE = {value}\n"})})
        for value in (1, 2)
    ]
    client.create_function(
        FunctionName="f", Runtime=unprivileged_runtime, Handler="app.handler", Role=ROLE, Timeout=10,
        Layers=[layer["LayerVersionArn"] for layer in layers],
        Code={"ZipFile": make_zip({"app.py": "import os, tool\ndef handler(e, c): return [os.getuid(), tool.VALUE]\n"})})
    assert json.loads(client.invoke(FunctionName="f")["Payload"].read()) == [1051, 2]


def test_a_function_runs_with_an_extension(unprivileged_server, unprivileged_runtime):
    client = unprivileged_server.client("lambda", read_timeout=60)
    layers = Layers(client, unprivileged_runtime)
    client.create_function(
        FunctionName="f", Runtime=unprivileged_runtime, Handler="app.handler", Role=ROLE, Timeout=10,
        Code={"ZipFile": make_zip({"app.py": READER})}, Layers=[layers.extensions(watcher=layers.script(LISTENER, "INVOKE"))])
    answer = client.invoke(FunctionName="f", LogType="Tail")
    log = base64.b64decode(answer["LogResult"]).decode()
    assert "FunctionError" not in answer, log
    assert lines(log, "EXTENSION") == [["EXTENSION", "Name: watcher", "State: Ready", "Events: [INVOKE]"]]


def test_an_extension_gets_telemetry(unprivileged_server, unprivileged_runtime):
    client = unprivileged_server.client("lambda", read_timeout=60)
    layers = Layers(client, unprivileged_runtime)
    code = COLLECTOR + 'subscribe(id, ["function"], HTTP)\n' + LOOP
    client.create_function(
        FunctionName="f", Runtime=unprivileged_runtime, Handler="app.handler", Role=ROLE, Timeout=10,
        Code={"ZipFile": make_zip({"app.py": "print('early')\n" + READER})}, Layers=[layers.extensions(collector=layers.script(code))])

    def told():
        answer = json.loads(client.invoke(FunctionName="f")["Payload"].read())
        return answer["told"].get("http")

    assert [event["record"] for event in eventually(told)] == ["early\n"]


def test_what_the_function_tells_in_the_launchers_name_is_no_danger(unprivileged_server, unprivileged_runtime):
    code = READER + """
import glob
written = 0
for line in ("exit 9223372036854775807", "exit -1", "0 9223372036854775807", "0 256", "start 9223372036854775807"):
    for path in glob.glob("/proc/[0-9]*/fd/9"):
        try:
            with open(path, "w") as reports: reports.write(line + "\\n")
            written += 1
        except OSError: pass
reader = handler
def handler(event, context): return reader(event, context) | {"written": written}
"""
    client = unprivileged_server.client("lambda", read_timeout=60)
    layers = Layers(client, unprivileged_runtime)
    client.create_function(
        FunctionName="f", Runtime=unprivileged_runtime, Handler="app.handler", Role=ROLE, Timeout=10,
        Code={"ZipFile": make_zip({"app.py": code})}, Layers=[layers.extensions(watcher=layers.script(LISTENER, "INVOKE"))])
    for count in (1, 2):
        # With the log's tail the answer comes when the extension is done, and the environment free.
        answer = json.loads(client.invoke(FunctionName="f", LogType="Tail")["Payload"].read())
        assert answer["count"] == count and answer["written"] >= 5, answer


ATTEMPTS = """
import os, pwd, resource, socket, ctypes
libc = ctypes.CDLL(None, use_errno=True)
def refused(attempt):
    try:
        attempt()
        return None
    except OSError as error:
        return error.errno
def fill():
    with open("/tmp/big", "wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 20))
def bomb():
    while True:
        if os.fork() == 0:
            import signal
            signal.pause()
def handler(event, context):
    status = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
    seen = {
        "user": [os.getuid(), pwd.getpwuid(os.getuid()).pw_name],
        "capabilities": [int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")],
        "privileges": [int(status["NoNewPrivs"]), int(status["Seccomp"])],
        "processes": len([name for name in os.listdir("/proc") if name.isdigit()]),
        "opt": refused(lambda: open("/opt/x", "w")),
        "task": refused(lambda: open("/var/task/x", "w")),
        "etc": refused(lambda: open("/etc/passwd", "w")),
        "setuid": refused(lambda: os.setuid(0)),
        "chroot": refused(lambda: os.chroot("/tmp")),
        "raw": refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)),
        "server": refused(lambda: socket.create_connection(("127.0.0.1", event["port"]), 5)),
        "data": os.path.exists(event["data"]),
        "unshare": [libc.unshare(0x10000000), ctypes.get_errno()],
        "full": refused(fill),
        "bomb": refused(bomb),
    }
    os.kill(-1, 9)
    return seen
"""


def test_attempts_to_escape_are_refused(unprivileged_server, unprivileged_runtime):
    client = unprivileged_server.client("lambda", read_timeout=60)
    client.create_function(
        FunctionName="f", Runtime=unprivileged_runtime, Handler="app.handler", Role=ROLE, Timeout=60, MemorySize=3008,
        Code={"ZipFile": make_zip({"app.py": ATTEMPTS})})
    event = {"port": int(unprivileged_server.url.rsplit(":", 1)[1]), "data": str(unprivileged_server.data)}
    seen = json.loads(client.invoke(FunctionName="f", Payload=json.dumps(event))["Payload"].read())
    assert seen == {
        "user": [1051, "sbx_user1051"], "capabilities": [0] * 5, "privileges": [1, 2], "processes": 2, "opt": errno.EROFS,
        "task": errno.EROFS, "etc": errno.EROFS, "setuid": errno.EINVAL, "chroot": errno.EPERM, "raw": errno.EPERM,
        "server": errno.ECONNREFUSED, "data": False, "unshare": [-1, errno.EPERM], "full": errno.ENOSPC, "bomb": errno.EAGAIN}


def test_too_much_memory_ends_a_function(unprivileged_server, unprivileged_runtime):
    client = unprivileged_server.client("lambda", read_timeout=60)
    code = "import time\ndef handler(e, c):\n    kept = bytearray(b'x') * (300 << 20)\n    time.sleep(30)\n"
    client.create_function(
        FunctionName="f", Runtime=unprivileged_runtime, Handler="app.handler", Role=ROLE, Timeout=60, MemorySize=128,
        Code={"ZipFile": make_zip({"app.py": code})})
    assert json.loads(client.invoke(FunctionName="f")["Payload"].read())["errorType"] == "Runtime.OutOfMemory"


def test_what_is_weaker_is_said_at_the_start(unprivileged_server):
    eventually(lambda: "memory cgroups" in unprivileged_server.log.read_text())
    log = unprivileged_server.log.read_text()
    for text in ("as the user of this server", "in memory", "watched, not limited"):
        assert len([line for line in log.splitlines() if text in line]) == 1, log
