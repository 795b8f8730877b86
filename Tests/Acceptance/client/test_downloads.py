"""`lamina download`: where the bytes go, and what is left where they do not arrive."""

import json
import os
import signal
import stat
import subprocess
import threading

import pytest
from conftest import make_zip
from peers import Stub, Verbs

LAYER = make_zip({"python/tool.py": "VALUE = 7\n"})


@pytest.fixture
def ours(server, lamina, tmp_path):
    """The verbs, in a folder of their own, with the version tools:1."""
    server.client("lambda").publish_layer_version(LayerName="tools", Content={"ZipFile": LAYER})
    folder = tmp_path / "here"
    folder.mkdir()
    return Verbs(lamina, server.environment, folder)


def test_the_standard_output_gets_the_zip_and_nothing_else(ours):
    done = subprocess.run(
        [ours.lamina, "download", "tools:1", "--output", "-"], capture_output=True, env=ours.environment, cwd=ours.folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, LAYER, b"")
    assert list(ours.folder.iterdir()) == []


def test_a_folder_gets_a_file_of_the_layers_name(ours):
    (ours.folder / "zips").mkdir()
    assert ours.json("download", "tools:1", "--output", "zips")["output"] == "zips/tools-1.zip"
    assert (ours.folder / "zips/tools-1.zip").read_bytes() == LAYER
    done = ours.run("download", "tools:1", "--output", "none/")
    assert (done.returncode, done.stderr) == (1, "lamina: cannot write none/: there is no such folder\n")


def test_a_symlink_stays_one_and_what_it_names_is_replaced(ours):
    (ours.folder / "link.zip").symlink_to("real.zip")
    for _ in range(2):
        ours("download", "tools:1", "--output", "link.zip")
        assert (ours.folder / "link.zip").is_symlink()
        assert (ours.folder / "real.zip").read_bytes() == LAYER
    assert sorted(path.name for path in ours.folder.iterdir()) == ["link.zip", "real.zip"]


def test_a_device_is_written_and_stays_one(ours):
    ours("download", "tools:1", "--output", "/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    done = ours.run("download", "tools:1", "--output", "/dev/full")
    assert (done.returncode, done.stderr) == (1, "lamina: cannot write /dev/full: No space left on device\n")


def test_a_file_keeps_its_mode_when_it_is_replaced(ours):
    (ours.folder / "tools-1.zip").write_bytes(b"old")
    (ours.folder / "tools-1.zip").chmod(0o640)
    ours("download", "tools:1")
    assert stat.S_IMODE((ours.folder / "tools-1.zip").stat().st_mode) == 0o640
    assert (ours.folder / "tools-1.zip").read_bytes() == LAYER


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_download_leaves_nothing(lamina, tmp_path, number):
    asked, end = threading.Event(), threading.Event()

    def answer(stub, request):
        if request.path == "/zip":
            asked.set()
            end.wait(60)
            return 200, {}, b""
        content = {"Location": stub.url + "/zip", "CodeSha256": "", "CodeSize": 1}
        body = {"Content": content, "LayerArn": "arn:x", "LayerVersionArn": "arn:x:1", "Version": 1}
        return 200, {}, json.dumps(body).encode()

    with Stub(answer) as stub:
        process = subprocess.Popen([lamina, "download", "x:1"], env=stub.environment, cwd=tmp_path, stderr=subprocess.PIPE)
        assert asked.wait(60)
        process.send_signal(number)
        assert process.wait(timeout=30) == 128 + number
        end.set()
        process.stderr.close()
    assert list(tmp_path.iterdir()) == []


def test_a_hang_up_that_is_ignored_from_the_start_stays_so(ours):
    done = subprocess.run(
        ["sh", "-c", 'trap "" HUP; "$0" download tools:1 & kill -HUP $!; wait $!', ours.lamina], env=ours.environment,
        cwd=ours.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (ours.folder / "tools-1.zip").read_bytes() == LAYER
