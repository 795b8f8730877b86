"""The tutorial's ending: `import cv2` fails on Lambda for libraries that it lacks, as is foretold, and works once they are brought."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from binaries import check
from building import Builder
from conftest import ROLE, make_zip
from rpm_repository import amazon_linux  # noqa: F401
from server import Server

ABSENT = "libxcb.so.1: cannot open shared object file: No such file or directory"
BROUGHT = [
    "lib/libGL.so.1", "lib/libGLX.so.0", "lib/libGLdispatch.so.0", "lib/libX11.so.6", "lib/libXau.so.6", "lib/libXdmcp.so.6",
    "lib/libbsd.so.0", "lib/libmd.so.0", "lib/libxcb.so.1"]
CODE = """
import cv2, numpy
def handler(event, context):
    done, image = cv2.imencode(".png", numpy.zeros((32, 48, 3), numpy.uint8))
    return [cv2.__version__, cv2.imdecode(image, cv2.IMREAD_COLOR).shape]
"""


@pytest.fixture(scope="session")
def layers(lamina, runtime, amazon_linux, tmp_path_factory):  # noqa: F811
    """opencv-python as it is, and completed from apt and from an RPM repository."""
    folder = tmp_path_factory.mktemp("opencv")
    (folder / "requirements.txt").write_text("opencv-python==5.0.0.93\n")
    builder = Builder(lamina, folder)
    options = {"plain": [], "apt": ["--complete"], "rpm": ["--complete-from", amazon_linux.mirror_list]}
    yield {
        name: builder.build("requirements.txt", "--runtime", runtime, "--bytecode", "no", *options[name]) for name in options}
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def invoke(lamina, runtime, layers, tmp_path_factory):
    """Makes a function with one of the layers and gives its answer: (payload, error kind or None)."""
    folder = tmp_path_factory.mktemp("server")
    with Server(lamina, folder / "data") as server:
        client, objects = server.client("lambda", read_timeout=60), server.client("s3")
        objects.create_bucket(Bucket="layers")

        def invoke(name):
            # Over 50 MB: by way of a bucket, as on AWS.
            objects.upload_file(str(layers[name].path), "layers", name)
            layer = client.publish_layer_version(LayerName=name, Content={"S3Bucket": "layers", "S3Key": name})["LayerVersionArn"]
            client.create_function(
                FunctionName=name, Runtime=runtime, Handler="app.handler", Role=ROLE, Layers=[layer], MemorySize=512, Timeout=30,
                Code={"ZipFile": make_zip({"app.py": CODE})})
            answer = client.invoke(FunctionName=name)
            return json.loads(answer["Payload"].read()), answer.get("FunctionError")

        yield invoke
    shutil.rmtree(folder)


def test_what_is_missing_is_foretold_in_the_loaders_words(lamina, runtime, layers):
    done = check(lamina, layers["plain"].path, runtime, "--format", "json")
    assert done.returncode == 1
    errors = {error["subject"]: error for error in json.loads(done.stdout)["findings"] if error["severity"] == "error"}
    assert sorted(errors) == ["libGL.so.1", "libxcb.so.1"]
    assert f"python/cv2/cv2.abi3.so fails to load with '{ABSENT}'" in errors["libxcb.so.1"]["reason"]
    assert "build with --complete" in errors["libxcb.so.1"]["fix"]


def test_the_import_says_the_same(lamina, runtime, layers):
    done = check(lamina, layers["plain"].path, runtime, "--import")
    assert done.returncode == 1
    assert f"python/cv2 cannot be imported: ImportError: {ABSENT}" in done.stdout


def test_a_function_fails_as_on_lambda(invoke):
    answer, error = invoke("plain")
    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("Runtime.ImportModuleError", f"Unable to import module 'app': {ABSENT}")


@pytest.mark.parametrize("source", ["apt", "rpm"])
def test_a_completed_layer_passes_its_check_and_the_function_runs(lamina, runtime, layers, invoke, source):
    layer = layers[source]
    assert sorted(library["path"] for library in layer.report["libraries"]) == BROUGHT
    done = check(lamina, layer.path, runtime, "--import")
    assert done.returncode == 0, done.stdout
    assert invoke(source) == (["5.0.0", [32, 48, 3]], None)


def test_what_was_brought_is_told_with_its_package(layers):
    for source, kind, origin in [("apt", "deb/debian", "http"), ("rpm", "rpm/amzn", "http://127.0.0.1:")]:
        report = layers[source].report
        packages = {library["path"]: library["package"] for library in report["libraries"]}
        assert packages["lib/libGL.so.1"].startswith("libgl1 ")
        assert all(library["origin"].startswith(origin) for library in report["libraries"])
        bill = json.loads(pathlib.Path(report["sbom"]).read_text())
        assert [purl for purl in (found["purl"] for found in bill["components"]) if purl.startswith(f"pkg:{kind}/libgl1@")]


def test_no_advice_is_given_that_was_followed_already(layers):
    for finding in layers["apt"].report["findings"]:
        assert "--complete" not in finding["fix"]


def test_the_wheels_own_libraries_are_stripped_and_still_load(lamina, runtime, layers, tmp_path):
    # auditwheel has changed them by patchelf, which not every strip puts up with.
    builder = Builder(lamina, layers["plain"].path.parent)
    output = tmp_path / "stripped.zip"
    options = ["--bytecode", "no", "--complete", "--slim", "--strip", "--format", "json"]
    done = builder.run("requirements.txt", "--runtime", runtime, *options, "--output", output)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["notes"] == []
    assert report["unzippedSize"] < layers["apt"].report["unzippedSize"]
    done = check(lamina, output, runtime, "--import")
    assert done.returncode == 0, done.stdout
    output.unlink()


@pytest.fixture(scope="session")
def bare_system(tmp_path_factory):
    """The root of a new Debian system, from where this machine has its own: essential packages, and GLib, which Amazon Linux 2023 has."""
    if os.geteuid() != 0:
        pytest.skip("only root may make a root file system")
    codename = re.search(r"^VERSION_CODENAME=(\w+)", pathlib.Path("/etc/os-release").read_text(), re.MULTILINE)[1]
    format = ["--format", "$(SITE)", "Created-By: Packages", f"Codename: {codename}"]
    mirror = subprocess.run(["apt-get", "indextargets", *format], check=True, capture_output=True, text=True).stdout.split()[0]
    folder = tmp_path_factory.mktemp("debian")
    command = ["debootstrap", "--variant=minbase", "--include=libglib2.0-0", codename, folder / "root", mirror]
    # What lives for a minute need not be synced to the disk.
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"DPKG_FORCE": "unsafe-io"})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    yield folder / "root"
    shutil.rmtree(folder)


def test_a_bare_system_imports_the_completed_layer_and_not_the_plain_one(bare_system, layers, runtime, tmp_path):
    prefix = pathlib.Path(sys.base_prefix).resolve()
    if prefix == pathlib.Path("/usr"):
        pytest.skip("the machine's Python is of its distribution, whose /usr would come with it")
    assert not list(bare_system.glob("usr/lib/**/libGL.so*"))

    def run(name):
        layer = layers[name].unpack(tmp_path / name)
        done = subprocess.run(
            ["bwrap", "--bind", bare_system, "/", "--ro-bind", prefix, prefix, "--ro-bind", layer, "/opt", "--dev", "/dev", "--unshare-net",
             "--clearenv", "--setenv", "PYTHONPATH", "/opt/python", "--setenv", "LD_LIBRARY_PATH", "/opt/lib",
             prefix / f"bin/{runtime}", "-c", "import cv2; print(cv2.__version__)"], capture_output=True, text=True)
        shutil.rmtree(layer)
        return done

    plain, complete = run("plain"), run("apt")
    assert (plain.returncode, plain.stderr.splitlines()[-1]) == (1, f"ImportError: {ABSENT}")
    assert (complete.returncode, complete.stdout) == (0, "5.0.0\n"), complete.stderr


# The newest opencv-python and numpy that run on Amazon Linux 2.
OLD = "opencv-python==4.8.1.78\nnumpy==1.26.4\n"


def test_libraries_too_new_for_amazon_linux_2_are_refused_unless_they_are_allowed(builder, tmp_path):
    (tmp_path / "requirements.txt").write_text(OLD)
    said = builder.refusal("requirements.txt", "--runtime", "python3.11", "--complete", "--bytecode", "no")
    too_new = dict(re.findall(r"^  (lib/\S+) needs (GLIBC_\S+); python3.11 has GLIBC_2.26 \(Amazon Linux 2\)$", said, re.MULTILINE))
    assert too_new.keys() >= {"lib/libGLX.so.0", "lib/libGLdispatch.so.0", "lib/libX11.so.6", "lib/libbsd.so.0", "lib/libmd.so.0"}
    assert set(too_new.values()) <= {"GLIBC_2.33", "GLIBC_2.34"}
    assert "nothing was written (--allow writes it all the same)" in said
    layer = builder.build("requirements.txt", "--runtime", "python3.11", "--complete", "--allow", "--bytecode", "no")
    errors = {finding["path"] for finding in layer.report["findings"] if finding["severity"] == "error"}
    assert errors == too_new.keys()
    assert too_new.keys() <= set(layer.names)
