"""What Lamina keeps in the user's cache folder to run functions: readable for sandboxes, made again where it is gone."""

import json
import shutil
import subprocess

import pytest
from added import Functions, add
from server import Server

NODE = {"app.js": "exports.handler = async () => 'fine';\n"}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder, and Node.js and Ruby whatever their versions."""
    monkeypatch.setenv("LAMINA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("LAMINA_CONFIG_DIR", str(tmp_path / "config"))
    add(tmp_path / "config", "nodejs20.x", "ruby3.3")
    return tmp_path / "cache"


@pytest.fixture
def prepare(lamina):
    """Makes ahead what functions of a runtime need."""
    return lambda runtime, **options: subprocess.run([lamina, "runtimes", "--prepare", runtime], check=True, capture_output=True, **options)


@pytest.fixture
def java(lamina):
    """The newest Java runtime of this machine; Java 17 is the first with an archive of classes."""
    answer = subprocess.run([lamina, "runtimes", "--format", "json"], check=True, capture_output=True).stdout
    found = [item["runtime"] for item in json.loads(answer)["runtimes"]
             if item["runtime"] in ("java17", "java21", "java25") and item["state"] != "missing"]
    if not found:
        pytest.skip("this machine has no Java from 17 on")
    return found[-1]


def test_functions_run_whatever_the_umask_was(lamina, tmp_path, cache, prepare, java):
    for runtime in ("nodejs20.x", "ruby3.3", java):
        prepare(runtime, umask=0o077)
    made = [path for kind in ("runtime-clients", "java-homes", "system-views") for path in (cache / kind).rglob("*") if not path.is_symlink()]
    assert len(made) > 30
    assert [path for path in made if path.stat().st_mode & 0o005 != (5 if path.is_dir() else 4)] == []
    with Server(lamina, tmp_path / "data") as server:
        answer, error, log = Functions(server, "nodejs20.x").make(NODE)()
        assert (answer, error) == ("fine", None), log


def test_a_running_server_makes_what_is_gone_from_the_cache_again(lamina, tmp_path, cache):
    with Server(lamina, tmp_path / "data") as server:
        functions = Functions(server, "nodejs20.x")
        assert functions.make(NODE)()[0] == "fine"
        for folder in ("runtime-clients", "system-views"):
            shutil.rmtree(cache / folder)
            assert functions.make(NODE)()[0] == "fine"


def test_a_running_server_makes_a_removed_java_home_again(lamina, tmp_path, cache, java):
    (tmp_path / "App.java").write_text("public class App { public String handle(Object event) { return \"fine\"; } }")
    subprocess.run(["javac", "--release", "11", "-d", tmp_path, tmp_path / "App.java"], check=True, capture_output=True)
    with Server(lamina, tmp_path / "data") as server:
        functions = Functions(server, java)
        for _ in range(2):
            assert functions.make({"App.class": (tmp_path / "App.class").read_bytes()}, "App::handle", MemorySize=512)()[0] == "fine"
            shutil.rmtree(cache / "java-homes")


def test_an_archive_of_javas_classes_that_is_missing_is_made_by_the_next_process(cache, prepare, java):
    def archives():
        return list((cache / "runtime-clients").glob("java*/lib/*"))

    prepare(java)
    whole = archives()
    assert {path.name for path in whole} == {"lamina-runtime.jar", "lamina-runtime.jsa"}
    for path in whole:
        if path.suffix == ".jsa":
            path.unlink()
    prepare(java)
    assert sorted(archives()) == sorted(whole)


def test_an_added_interpreter_that_is_another_by_now_is_warned_of(lamina, tmp_path, cache):
    """Ruby 3.3 is one of another version here than the one that was added."""
    file = tmp_path / "config/runtimes.json"
    added = json.loads(file.read_text())
    program = added["runtimes"]["ruby3.3"]["interpreter"]
    version, program["version"] = program["version"], "1.2.3"
    if version.startswith("3.3."):
        pytest.skip("this machine's Ruby is the runtime's")
    file.write_text(json.dumps(added))
    with Server(lamina, tmp_path / "data") as server:
        assert Functions(server, "ruby3.3").make({"app.rb": "def handler(event:, context:) = 'fine'\n"})()[0] == "fine"
        assert f"which was added as ruby3.3, was version 1.2.3 and is {version} by now" in server.log.read_text()
