"""Functions on a server whose interpreters of script languages were added by hand: what they are run by is then no matter."""

import base64
import itertools
import json
import shutil
import subprocess

import pytest
from conftest import ROLE, eventually, make_zip
from server import Server

PROGRAMS = {"nodejs": ("node", ["--version"]), "ruby": ("ruby", ["-e", "print RUBY_VERSION"])}


def program(family):
    """An interpreter of this machine and its version."""
    name, arguments = PROGRAMS[family]
    path = shutil.which(name)
    return path, subprocess.run([path, *arguments], check=True, capture_output=True, text=True).stdout.strip().lstrip("v")


def add(folder, *runtimes):
    """Adds this machine's interpreters for runtimes, as `lamina runtime add` does."""
    added = {}
    for runtime in runtimes:
        path, version = program(runtime.rstrip("0123456789.x"))
        added[runtime] = {"interpreter": {"path": path, "version": version}}
    folder.mkdir()
    (folder / "runtimes.json").write_text(json.dumps({"runtimes": added}))


class Functions:
    """Makes functions and layers, each of a name of its own."""

    def __init__(self, server, runtime):
        self.client = server.client("lambda", read_timeout=60)
        self.runtime = runtime
        self.numbers = itertools.count()

    def make(self, files, handler="app.handler", **settings):
        """Makes a function and gives a way to invoke it: (payload, error kind or None, log)."""
        name = f"f{next(self.numbers)}"
        settings = {"Runtime": self.runtime, "Role": ROLE, "Timeout": 10, "MemorySize": 256} | settings
        self.client.create_function(FunctionName=name, Handler=handler, Code={"ZipFile": make_zip(files)}, **settings)

        def invoke(event=None, **arguments):
            answer = self.client.invoke(FunctionName=name, Payload=json.dumps(event or {}), LogType="Tail", **arguments)
            log = base64.b64decode(answer["LogResult"]).decode()
            return json.loads(answer["Payload"].read()), answer.get("FunctionError"), log

        return invoke

    def layer(self, files):
        return self.client.publish_layer_version(
            LayerName=f"l{next(self.numbers)}", Content={"ZipFile": make_zip(files)})["LayerVersionArn"]


def succeeding(invoke):
    """What a function answers once a process that is ending has ended: an invocation may still have met that one."""
    return eventually(lambda: (answer := invoke()) and answer[1] is None and answer[0])


def fixture(*runtimes):
    """A fixture of functions of the first of the runtimes, on a server that all tests of a file share."""

    @pytest.fixture(scope="module")
    def functions(lamina, tmp_path_factory):
        folder = tmp_path_factory.mktemp("added")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LAMINA_CONFIG_DIR", str(folder / "config"))
            add(folder / "config", *runtimes)
            with Server(lamina, folder / "data") as server:
                yield Functions(server, runtimes[0])

    return functions
