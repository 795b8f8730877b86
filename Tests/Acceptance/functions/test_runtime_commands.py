"""`lamina runtimes`, `lamina runtime add` and `remove`, and functions whose runtime is missing."""

import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROLE, make_zip, refusal
from server import Server

WHERE = "import sys\ndef handler(event, context): return [list(sys.version_info[:2]), sys.path[1]]\n"


@pytest.fixture
def run(lamina, tmp_path, monkeypatch):
    """Runs lamina with a configuration of the test's own, which servers that start afterwards share."""
    monkeypatch.setenv("LAMINA_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return lambda *arguments, **options: subprocess.run(
        [lamina, *map(str, arguments)], capture_output=True, text=True, **{"cwd": tmp_path} | options)


@pytest.fixture
def listed(run):
    """What `lamina runtimes` tells of one runtime."""

    def item(runtime):
        answer = run("runtimes", "--format", "json")
        assert answer.returncode == 0, answer.stderr
        return next(item for item in json.loads(answer.stdout)["runtimes"] if item["runtime"] == runtime)

    return item


@pytest.fixture
def server(run, lamina, tmp_path):
    with Server(lamina, tmp_path / "data") as server:
        yield server


@pytest.fixture
def missing(run):
    """A Python runtime that this machine has no interpreter for."""
    runtimes = json.loads(run("runtimes", "--format", "json").stdout)["runtimes"]
    found = [item["runtime"] for item in runtimes if item["runtime"].startswith("python") and item["state"] == "missing"]
    if not found:
        pytest.skip("this machine has every Python")
    return found[0]


@pytest.fixture
def interpreter(listed, runtime):
    """The program that runs the functions of the newest Python runtime."""
    return listed(runtime)["path"]


def program(path, text):
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_every_runtime_is_listed_with_what_there_is_or_how_to_get_it(run):
    items = json.loads(run("runtimes", "--format", "json").stdout)["runtimes"]
    names = [item["runtime"] for item in items]
    ours = [f"python3.{minor}" for minor in range(8, 15)] + [f"nodejs{major}.x" for major in range(14, 25, 2)] + [
        "ruby2.7", "ruby3.2", "ruby3.3", "ruby3.4", "java8.al2", "java11", "java17", "java21", "java25", "provided.al2", "provided.al2023"]
    assert [name for name in names if name in ours] == ours
    ways = {"python": "pyenv install", "nodejs": "nvm install", "ruby": "rbenv install", "java": "sdk list java", "dotnet": "does not run"}
    for item in items:
        family = re.match("[a-z]+", item["runtime"])[0]
        if item["state"] in ("missing", "unsupported"):
            assert ways[family] in item["note"]
            assert "path" not in item and "version" not in item
        elif family != "provided":
            assert os.access(item["path"], os.X_OK)
            assert item["version"][0].isdigit()
    table = run("runtimes").stdout.splitlines()
    assert [line.split()[:2] for line in table] == [[item["runtime"], item["state"]] for item in items]


def test_a_prepared_runtime_is_listed_so(listed, runtime, interpreter):
    item = listed(runtime)
    assert (item["state"], item["path"], item["isAdded"]) == ("prepared", interpreter, False)


@pytest.mark.parametrize("name", ["nodejs", "dotnet8", "python2.7"])
def test_what_cannot_be_prepared_is_refused(run, name):
    answer = run("runtimes", "--prepare", name)
    assert answer.returncode == 1
    assert name in answer.stderr


def test_an_interpreter_is_added_and_forgotten(run, listed, runtime, interpreter):
    before = listed(runtime)
    answer = run("runtime", "add", runtime, "--interpreter", interpreter)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == f"{runtime} runs with Python {before['version']}, {interpreter}\n"
    assert listed(runtime) == before | {"isAdded": True}
    assert run("runtime", "remove", runtime).returncode == 0
    assert listed(runtime) == before
    answer = run("runtime", "remove", runtime)
    assert (answer.returncode, answer.stderr) == (1, f"lamina: nothing was added for {runtime}\n")


def test_a_relative_path_and_a_virtual_environment_lead_to_the_interpreter_itself(run, tmp_path, runtime, interpreter):
    subprocess.run([interpreter, "-m", "venv", "--without-pip", tmp_path / "own"], check=True)
    answer = run("runtime", "add", runtime, "--interpreter", "own/bin/python")
    assert answer.stdout.endswith(f", {interpreter}\n")


def test_another_version_is_taken_with_a_warning(run, listed, tmp_path):
    node = program(tmp_path / "node", f'#!/bin/sh\necho node 17.9.1 "{tmp_path}/node"\n')
    answer = run("runtime", "add", "nodejs22.x", "--interpreter", node)
    assert answer.returncode == 0
    assert answer.stderr == "warning: nodejs22.x will run with Node.js 17.9.1: what differs between the two differs from Lambda, too\n"


@pytest.mark.parametrize("name, arguments", {
    "a program of another kind": ["python3.12", "--interpreter", "/bin/true"],
    "no program": ["python3.12", "--interpreter", "/nowhere/python3.12"],
    "a folder": ["python3.12", "--interpreter", "/usr/bin"],
    "a file that is not executable": ["python3.12", "--interpreter", "/etc/passwd"],
    "a runtime without an interpreter": ["provided.al2023", "--interpreter", "/bin/sh"],
    "a family that is not run": ["dotnet8", "--interpreter", "/bin/sh"],
    "no runtime": ["python4", "--interpreter", "/bin/sh"],
}.items())
def test_what_is_no_interpreter_is_refused(run, tmp_path, name, arguments):
    answer = run("runtime", "add", *arguments)
    assert (answer.returncode, answer.stdout) == (1, "")
    named = arguments[2] if arguments[0] == "python3.12" else arguments[0]
    assert answer.stderr.startswith("lamina: ") and named in answer.stderr
    assert not (tmp_path / "config").exists()


def test_a_runtime_to_add_needs_something_to_run_it(run):
    answer = run("runtime", "add", "python3.12")
    assert answer.returncode == 64
    assert "--interpreter" in answer.stderr


def test_a_list_that_cannot_be_read_is_told(run, tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config/runtimes.json").write_text("[")
    answer = run("runtimes")
    assert answer.returncode == 1
    assert f"{tmp_path}/config/runtimes.json is not a list of runtimes" in answer.stderr
    (tmp_path / "config/runtimes.json").unlink()
    (tmp_path / "config/runtimes.json").mkdir()
    answer = run("runtime", "add", "nodejs22.x", "--interpreter", program(tmp_path / "node", f'#!/bin/sh\necho node 22.1.0 "{tmp_path}/node"\n'))
    assert answer.returncode == 1
    assert f"cannot read {tmp_path}/config/runtimes.json" in answer.stderr


def test_runtimes_that_are_added_at_the_same_time_are_all_added(run, tmp_path):
    node = program(tmp_path / "node", f'#!/bin/sh\necho node 22.1.0 "{tmp_path}/node"\n')
    runtimes = [f"nodejs{major}.x" for major in (14, 16, 18, 20, 22, 24)]
    with ThreadPoolExecutor(len(runtimes)) as pool:
        answers = list(pool.map(lambda runtime: run("runtime", "add", runtime, "--interpreter", node), runtimes))
    assert [answer.returncode for answer in answers] == [0] * len(runtimes)
    assert sorted(json.loads((tmp_path / "config/runtimes.json").read_text())["runtimes"]) == runtimes


def create(client, name, runtime, **options):
    settings = {"Handler": "app.handler", "Role": ROLE, "Timeout": 10, "Code": {"ZipFile": make_zip({"app.py": WHERE})}}
    client.create_function(FunctionName=name, Runtime=runtime, **settings | options)


def call(client, name):
    answer = client.invoke(FunctionName=name)
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def test_a_function_whose_runtime_is_missing_says_how_to_get_it(client, missing):
    create(client, "f", missing)
    status, code, message = refusal(client.invoke, FunctionName="f")
    assert (status, code) == (502, "InvalidRuntimeException")
    version = missing.removeprefix("python")
    assert message == (
        f"no Python {version} is installed, which {missing} needs: 'pyenv install {version}' or 'uv python install {version}', "
        f"or name one by 'lamina runtime add {missing} --interpreter PATH'")


def test_a_running_server_takes_what_is_added_and_forgotten(client, run, missing, runtime, interpreter):
    create(client, "before", missing)
    assert refusal(client.invoke, FunctionName="before")[1] == "InvalidRuntimeException"
    assert run("runtime", "add", missing, "--interpreter", interpreter).returncode == 0
    version = [int(number) for number in runtime.removeprefix("python").split(".")]
    # Layers are looked for in the folder of the runtime, whose version their users know.
    assert call(client, "before") == [version, f"/opt/python/lib/{missing}/site-packages"]
    assert run("runtime", "remove", missing).returncode == 0
    create(client, "after", missing)
    assert refusal(client.invoke, FunctionName="after")[1] == "InvalidRuntimeException"


def test_an_added_interpreter_that_is_gone_is_told(client, run, listed, tmp_path):
    fake = tmp_path / "prefix/bin/python3.12"
    fake.parent.mkdir(parents=True)
    program(fake, f"#!/bin/sh\necho cpython 3.12.9 {tmp_path}/prefix\n")
    assert run("runtime", "add", "python3.12", "--interpreter", fake).returncode == 0
    fake.unlink()
    create(client, "f", "python3.12")
    reason = f"{fake}, which was added as python3.12, is no program any more; name another with"
    status, code, message = refusal(client.invoke, FunctionName="f")
    assert (status, code) == (502, "InvalidRuntimeException")
    assert message.startswith(reason)
    item = listed("python3.12")
    assert item["state"] == "missing"
    assert item["note"].startswith(reason)
