"""Several runtimes and architectures in one call, lamina.toml, and --watch."""

import json
import os
import signal
import subprocess
import threading
import zipfile

import pytest

from building import Builder


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "requirements.txt").write_text("six==1.17.0\n")
    return tmp_path


@pytest.fixture
def run(lamina, folder):
    builder = Builder(lamina, folder)

    def run(*arguments):
        done = builder.run(*arguments, "--format", "json")
        return done, json.loads(done.stdout) if done.stdout else None

    return run


def test_content_that_is_the_same_for_all_targets_is_one_zip(run, folder):
    done, report = run(
        "requirements.txt", "--runtime", "python3.12", "--runtime", "python3.13", "--architecture", "x86_64", "--architecture", "arm64",
        "--bytecode", "no", "--output", "pure.zip")
    assert done.returncode == 0, done.stderr
    [layer] = report["layers"]
    assert (layer["output"], layer["runtimes"], layer["architectures"]) == ("pure.zip", ["python3.12", "python3.13"], ["x86_64", "arm64"])
    assert sorted(path.name for path in folder.glob("pure*")) == ["pure.cdx.json", "pure.zip"]


def test_bytecode_of_several_runtimes_lies_side_by_side_in_one_zip(run, folder):
    done, report = run("requirements.txt", "--runtime", "python3.12", "--runtime", "python3.13", "--bytecode", "yes", "--output", "both.zip")
    assert done.returncode == 0, done.stderr
    assert [layer["output"] for layer in report["layers"]] == ["both.zip"]
    archive = zipfile.ZipFile(folder / "both.zip")
    compiled = {name for name in archive.namelist() if name.endswith(".pyc")}
    assert compiled == {"python/__pycache__/six.cpython-312.pyc", "python/__pycache__/six.cpython-313.pyc"}
    record = archive.read("python/six-1.17.0.dist-info/RECORD").decode()
    assert all(name.removeprefix("python/") in record for name in compiled)


def test_native_content_is_one_zip_for_each_target_named_by_what_parts_them(run, folder):
    (folder / "requirements.txt").write_text("markupsafe==3.0.2\n")
    done, report = run(
        "requirements.txt", "--runtime", "python3.13", "--architecture", "x86_64", "--architecture", "arm64", "--output", "native.zip")
    assert done.returncode == 0, done.stderr
    assert [(layer["output"], layer["architecture"], layer["findings"]) for layer in report["layers"]] == [
        ("native-x86_64.zip", "x86_64", []), ("native-arm64.zip", "arm64", [])]
    for machine, architecture in (("x86_64", "x86_64"), ("aarch64", "arm64")):
        names = zipfile.ZipFile(folder / f"native-{architecture}.zip").namelist()
        assert f"python/markupsafe/_speedups.cpython-313-{machine}-linux-gnu.so" in names


MANIFEST = """
[layers.tools]
sources = ["requirements.txt", "tool=bin"]
runtimes = ["python3.12", "python3.13"]
architectures = ["x86_64", "arm64"]
license = "MIT"
exclude = ["*.md", "python/six-*/LICENSE"]
bytecode = "no"
output = "dist/tools.zip"

[layers.other]
sources = ["tool=bin"]
runtimes = ["provided.al2023"]
"""


@pytest.fixture
def manifest(folder):
    (folder / "tool").write_text("#!/bin/sh\necho tool\n")
    (folder / "tool").chmod(0o755)
    path = folder / "lamina.toml"
    path.write_text(MANIFEST)
    return path


def test_lamina_toml_says_all_so_that_lamina_build_alone_does_it(run, folder, manifest):
    done, report = run()
    assert done.returncode == 0, done.stderr
    layers = {layer["output"]: layer for layer in report["layers"]}
    assert set(layers) == {"dist/tools.zip", "other.zip"}
    assert layers["dist/tools.zip"]["runtimes"] == ["python3.12", "python3.13"]
    assert layers["dist/tools.zip"]["licenses"] == "MIT"
    names = zipfile.ZipFile(folder / "dist/tools.zip").namelist()
    assert "bin/tool" in names and "python/six.py" in names and not any(name.endswith("LICENSE") for name in names)
    assert {part["reason"] for part in layers["dist/tools.zip"]["removed"]} == {"python/six-*/LICENSE"}
    bill = json.loads((folder / "dist/tools.cdx.json").read_text())
    assert bill["metadata"]["component"]["licenses"] == [{"license": {"id": "MIT"}}]
    (folder / "other.zip").unlink()
    done, report = run("--layer", "other")
    assert [layer["output"] for layer in report["layers"]] == ["other.zip"]


@pytest.mark.parametrize("text, told", [
    ("[layers.a]\nsources = []\nruntimes = ['python3.13']\n", "layers.a: it has to have 'sources' and 'runtimes'"),
    ("[layers.a]\nsources = ['x']\nruntimes = ['python9']\n", "layers.a: no runtime is called 'python9'"),
    ("[layers.a]\nsources = ['x']\nruntimes = ['python3.13']\narchitectures = ['mips']\n", "'mips' is no architecture"),
    ("[layers.a]\nsources = ['x']\nruntimes = ['python3.13']\nexcludes = ['x']\n", "'excludes' means nothing"),
    ("[layers.a]\nsources = ['x']\nruntimes = ['python3.13']\nslim = 'yes'\n", "'slim' has to be true or false"),
    ("[layers.'a b']\nsources = ['x']\nruntimes = ['python3.13']\n", "'a b' can be no layer's name"),
    ("[layers.a]\nsources = ['x']\nruntimes = ['python3.13']\nlayout = 'flat'\n", "'flat' is no layout"),
    ("layer = 1\n", "names no layers"),
    ("[layers.a\n", "is no TOML"),
])
def test_what_is_wrong_in_lamina_toml_is_told_with_the_layer_and_the_key(run, folder, text, told):
    (folder / "lamina.toml").write_text(text)
    done, report = run()
    assert (done.returncode, report) == (1, None)
    assert told in done.stderr


def test_what_is_missing_on_the_command_line_is_told(run, folder, manifest):
    assert run("--layer", "none")[0].stderr.count("it has other, tools") == 1
    assert "give --runtime" in run("requirements.txt")[0].stderr
    manifest.unlink()
    assert "there is no lamina.toml here" in run()[0].stderr


def test_watch_builds_again_on_a_change_and_survives_a_mistake(lamina, folder):
    builder = Builder(lamina, folder)
    process = subprocess.Popen(
        [lamina, "build", "requirements.txt", "--runtime", "python3.13", "--bytecode", "no", "--watch"], cwd=folder, env=builder.environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = threading.Timer(120, process.kill)
    deadline.start()

    def lines_until_watching():
        lines = []
        for line in process.stderr:
            if line == "watching for changes\n":
                return lines
            lines.append(line)
        raise AssertionError("ended: " + "".join(lines))

    try:
        lines_until_watching()
        assert "python/six.py" in zipfile.ZipFile(folder / "layer.zip").namelist()
        (folder / "requirements.txt").write_text("iniconfig==99\n")
        assert any("iniconfig==99" in line for line in lines_until_watching())
        assert "python/six.py" in zipfile.ZipFile(folder / "layer.zip").namelist()
        (folder / "requirements.txt").write_text("iniconfig==2.1.0\n")
        lines_until_watching()
        names = zipfile.ZipFile(folder / "layer.zip").namelist()
        assert "python/iniconfig/__init__.py" in names and "python/six.py" not in names
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
    finally:
        deadline.cancel()
        process.kill()
        process.wait()
    assert not [name for name in os.listdir(folder) if name.endswith(".partial")]
