"""Functions that run in an image's root file system."""

import io
import json
import os
import shutil
import subprocess
import tempfile
import zipfile

import pytest
from conftest import ROLE, make_zip
from image_layouts import Umoci, busybox_root
from server import Server

# The Runtime API's loop in a shell: answers with what a command prints for each event.
LOOP = """#!/bin/sh
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
while true; do
    wget -q -S -O /tmp/event $api/next 2>/tmp/headers || exit 1
    id=$(sed -n 's/.*[Rr]equest-[Ii]d: *//p' /tmp/headers | tr -d '\\r')
    COMMAND > /tmp/answer
    wget -q -O - --post-file /tmp/answer $api/$id/response >/dev/null || exit 1
done
"""

SEEN = r"""
quote() { printf '"%s"' "$(printf %s "$*" | tr '\n"' "  ")"; }
seen() {
    printf '{"handler":%s,"user":%s,"marker":%s,"task":%s,"opt":%s,"etc":%s,"runtime":%s,"written":%s,"event":%s}' \
        "$(quote $_HANDLER)" "$(quote $(id -un) $(id -u))" "$(quote $(cat /etc/marker))" "$(quote $(ls /var/task))" \
        "$(quote $(ls /opt))" "$(quote $(cat /etc/nsswitch.conf | head -1))" "$(quote $(ls /var/runtime))" \
        "$(quote $(for path in /x /etc/x /var/task/x /opt/x /usr/x /tmp/x; do (: > $path) 2>/dev/null && echo $path; done))" \
        "$(cat /tmp/event)"
}
"""

BOOTSTRAP = LOOP.replace("while true", SEEN + "while true", 1).replace("COMMAND", "seen")


def shell_zip(text):
    """A deployment package with the program bootstrap."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("bootstrap")
        info.external_attr = 0o100755 << 16
        archive.writestr(info, text)
    return buffer.getvalue()


@pytest.fixture
def root(tmp_path):
    root = busybox_root(tmp_path / "root", **{"var/runtime/bootstrap": BOOTSTRAP, "etc/marker": "the image's", "usr/y": ""})
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\n")
    return root


@pytest.fixture
def invoke(runtimes, server):
    """Makes a function and invokes it."""
    client = server.client("lambda", read_timeout=60)

    def make(runtime, code, event=None, name="f", **options):
        client.create_function(
            FunctionName=name, Runtime=runtime, Handler="app.handler", Role=ROLE, Timeout=10, Code={"ZipFile": code}, **options)
        answer = client.invoke(FunctionName=name, Payload=json.dumps(event or {}))
        payload = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, payload
        return payload

    make.client = client
    return make


def check(seen, layers="file"):
    assert seen["handler"] == "app.handler"
    assert seen["user"] == "sbx_user1051 1051"
    assert seen["marker"] == "the image's"
    assert (seen["task"], seen["opt"], seen["runtime"]) == ("app.py", layers, "bootstrap")
    assert seen["etc"] == "passwd: files"
    assert seen["written"] == "/tmp/x"
    assert seen["event"] == {"a": 1}


def test_a_function_runs_in_the_images_root_file_system(runtimes, invoke, root, tmp_path):
    runtimes.add("--layout", Umoci(tmp_path / "image").insert(root, "/").operand)
    layer = invoke.client.publish_layer_version(LayerName="l", Content={"ZipFile": make_zip({"file": "x"})})["LayerVersionArn"]
    check(invoke("python3.12", make_zip({"app.py": ""}), {"a": 1}, Layers=[layer]))


def test_a_function_runs_in_a_folder_that_lacks_the_sandboxs_places(runtimes, invoke, root):
    (root / "etc/resolv.conf").symlink_to("../run/stub-resolv.conf")
    before = sorted(root.rglob("*"))
    runtimes.add("--rootfs", root)
    layer = invoke.client.publish_layer_version(LayerName="l", Content={"ZipFile": make_zip({"file": "x"})})["LayerVersionArn"]
    check(invoke("python3.12", make_zip({"app.py": ""}), {"a": 1}, Layers=[layer]))
    assert sorted(root.rglob("*")) == before


def test_a_folders_name_may_have_any_signs(runtimes, invoke, root, tmp_path):
    strange = tmp_path / "a:b,c\\d e"
    shutil.move(root, strange)
    runtimes.add("--rootfs", strange)
    assert invoke("python3.12", make_zip({"app.py": ""}))["marker"] == "the image's"


def test_a_folder_that_is_made_anew_is_seen_by_a_running_server(runtimes, invoke, root):
    runtimes.add("--rootfs", root)
    assert invoke("python3.12", make_zip({"app.py": ""}))["marker"] == "the image's"
    old = root.rename(root.with_name("old"))
    shutil.copytree(old, root, symlinks=True)
    (root / "etc/marker").write_text("the next")
    assert invoke("python3.12", make_zip({"app.py": ""}), name="g")["marker"] == "the next"


def test_a_provided_function_brings_its_own_program(runtimes, invoke, root, tmp_path):
    (root / "var/runtime/bootstrap").unlink()
    runtimes.add("--layout", Umoci(tmp_path / "image").insert(root, "/").operand, runtime="provided.al2023")
    command = 'printf \'["%s",%s]\' "$(cat /etc/marker)" "$(cat /tmp/event)"'
    assert invoke("provided.al2023", shell_zip(LOOP.replace("COMMAND", command)), {"a": 1}) == ["the image's", {"a": 1}]


def test_a_server_keeps_the_image_that_it_uses(runtimes, invoke, root, tmp_path, server):
    image = Umoci(tmp_path / "image").insert(root, "/")
    first = runtimes.add("--layout", image.operand)
    assert invoke("python3.12", make_zip({"app.py": ""}))["marker"] == "the image's"
    (tmp_path / "new").write_text("the next image's")
    second = runtimes.add("--layout", image.insert(tmp_path / "new", "/etc/marker").operand)
    assert first != second and first.exists()
    assert invoke("python3.12", make_zip({"app.py": ""}), name="g")["marker"] == "the next image's"
    server.stop()
    runtimes.add("--layout", image.operand, runtime="python3.13")
    assert not first.exists() and second.exists()


def test_a_root_file_system_that_has_gone_is_named(runtimes, invoke, root):
    runtimes.add("--rootfs", root)
    shutil.rmtree(root)
    invoke.client.create_function(
        FunctionName="f", Runtime="python3.12", Handler="app.handler", Role=ROLE, Code={"ZipFile": make_zip({"app.py": ""})})
    with pytest.raises(invoke.client.exceptions.ClientError, match="lamina runtime add"):
        invoke.client.invoke(FunctionName="f")


def test_an_ordinary_user_runs_functions_in_images(runtimes, root, lamina, monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("the other tests run without root already")
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if subprocess.run([*user, "test", "-x", lamina]).returncode:
        pytest.skip("nobody may not read this folder")

    class UnprivilegedServer(Server):
        def command(self, *arguments):
            environment = {name: value for name, value in os.environ.items() if name.startswith(("LAMINA_", "XDG_")) or name == "PATH"}
            return [*user, "env", "-i", *(f"{name}={value}" for name, value in environment.items()), self.lamina, *arguments]

    home = tempfile.mkdtemp()
    os.chmod(home, 0o755)
    try:
        for name, place in [("LAMINA_CONFIG_DIR", "config"), ("LAMINA_CACHE_DIR", "cache"), ("XDG_DATA_HOME", "share")]:
            monkeypatch.setenv(name, f"{home}/{place}")
        shutil.move(root, f"{home}/root")
        image = Umoci(f"{home}/image").insert(f"{home}/root", "/")
        subprocess.run(["chown", "-R", "65534:65534", home], check=True)
        for name, options in [("python3.12", ["--layout", image.operand]), ("python3.13", ["--rootfs", f"{home}/root"])]:
            done = subprocess.run([*user, lamina, "runtime", "add", name, *options], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        with UnprivilegedServer(lamina, f"{home}/data") as server:
            client = server.client("lambda", read_timeout=60)
            for name in ("python3.12", "python3.13"):
                client.create_function(
                    FunctionName=name.replace(".", ""), Runtime=name, Handler="app.handler", Role=ROLE, Timeout=10,
                    Code={"ZipFile": make_zip({"app.py": ""})})
                answer = json.loads(client.invoke(FunctionName=name.replace(".", ""))["Payload"].read())
                assert answer["marker"] == "the image's", answer
    finally:
        shutil.rmtree(home)
