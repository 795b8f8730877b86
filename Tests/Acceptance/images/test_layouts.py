"""Images in folders, and root file systems that are used where they are."""

import fcntl
import json
import os
import shutil
import subprocess

import pytest
from image_layouts import BOOTSTRAP, DOCKER, OCI, Layout, busybox_root, digest, entry, run, symlink, tar


def test_the_image_is_named_by_its_tag(runtimes, tmp_path):
    layout = Layout(tmp_path / "with:colon")
    layout.add(layout.image(tar(BOOTSTRAP, entry("one", "1"))), "one").add(layout.image(tar(BOOTSTRAP, entry("two", "2"))), "v2.0")
    assert (runtimes.add("--layout", f"{layout.path}:v2.0") / "two").read_text() == "2"
    assert runtimes.added()["source"] == f"oci:{layout.path}:v2.0@{layout.entries[1]['digest']}"
    runtimes.add("--layout", "with:colon:v2.0", cwd=tmp_path)
    assert runtimes.added()["source"] == f"oci:{layout.path}:v2.0@{layout.entries[1]['digest']}"
    assert "add one's name" in (refusal := runtimes.refusal("--layout", layout.path)) and "one, v2.0" in refusal
    assert "has no image 'three', but one, v2.0" in runtimes.refusal("--layout", f"{layout.path}:three")


def test_the_root_file_system_is_kept_by_its_digest(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP)))
    root = runtimes.add("--layout", layout.path)
    assert root == runtimes.images / layout.entries[0]["digest"].removeprefix("sha256:")
    before = root.stat().st_ino
    assert runtimes.add("--layout", layout.path, runtime="nodejs20.x") == root
    assert root.stat().st_ino == before


def test_what_no_runtime_refers_to_is_removed(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP, entry("one", "1"))), "one").add(layout.image(tar(BOOTSTRAP, entry("two", "2"))), "two")
    first = runtimes.add("--layout", f"{layout.path}:one")
    (runtimes.images / ".left-by-a-crash.partial/in").mkdir(parents=True)
    runtimes.add("--layout", f"{layout.path}:one", runtime="python3.13")
    runtimes.add("--layout", f"{layout.path}:two")
    assert first.exists()
    second = runtimes.add("--layout", f"{layout.path}:two", runtime="python3.13")
    assert not first.exists() and second.exists()
    assert runtimes.entries() == {second.name}


def test_images_of_other_configurations_are_kept(runtimes, tmp_path, monkeypatch):
    layout = Layout(tmp_path / "layout")
    for name in ("one", "two"):
        layout.add(layout.image(tar(BOOTSTRAP, entry(name, name))), name)
    first = runtimes.add("--layout", f"{layout.path}:one")
    (tmp_path / "link").symlink_to(runtimes.home / "data")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "link"))
    monkeypatch.setenv("LAMINA_CONFIG_DIR", str(tmp_path / "other"))
    second = runtimes.images / layout.entries[1]["digest"].removeprefix("sha256:")
    assert runtimes.run("--layout", f"{layout.path}:two").returncode == 0
    assert first.exists() and second.exists()
    runtimes.remove()
    assert first.exists() and not second.exists()
    assert runtimes.run("--layout", f"{layout.path}:two").returncode == 0
    # Of a configuration that is gone nothing is needed any more.
    (runtimes.home / "config/runtimes.json").unlink()
    assert runtimes.run("--layout", f"{layout.path}:two", runtime="python3.13").returncode == 0
    assert not first.exists() and second.exists()


def test_what_cannot_be_removed_is_told_and_all_else_is_done(runtimes, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can mount, which is what keeps a folder here")
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP)))
    kept, gone = runtimes.images / ("0" * 64), runtimes.images / ("f" * 64)
    kept.mkdir(parents=True)
    gone.mkdir()
    done = runtimes.run(
        "--layout", layout.path, prefix=["unshare", "-m", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', kept])
    assert done.returncode == 0, done.stderr
    assert f"warning: cannot remove {kept}" in done.stderr
    assert runtimes.entries() == {kept.name, runtimes.root().name}
    runtimes.remove()
    assert runtimes.entries() == set()


def test_an_addition_waits_while_images_are_removed(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP)))
    runtimes.images.mkdir(parents=True)
    with (runtimes.images / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        adding = subprocess.Popen(
            [runtimes.lamina, "runtime", "add", "python3.12", "--layout", layout.path], stderr=subprocess.PIPE, text=True)
        assert "waiting for another lamina" in adding.stderr.readline()
    adding.communicate(timeout=60)
    assert adding.returncode == 0 and runtimes.root().exists()


def test_nothing_is_removed_while_others_add_images(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP)))
    root = runtimes.add("--layout", layout.path)
    partial = runtimes.images / ".half.partial"
    partial.mkdir()
    with (runtimes.images / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        runtimes.remove()
        assert runtimes.entries() == {root.name, partial.name}
        runtimes.add("--rootfs", root)
    runtimes.remove()
    assert runtimes.entries() == set()


def test_of_an_index_the_machines_image_is_taken(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    images = [(arch, layout.image(tar(BOOTSTRAP, entry("arch", arch)), architecture=arch)) for arch in ("s390x", "arm64", "amd64")]
    index = layout.index(*images)
    layout.add(index, "all").add(layout.index(*images[:2]), "others")
    wanted = "arm64" if run("uname", "-m").strip() == "aarch64" else "amd64"
    assert (runtimes.add("--layout", f"{layout.path}:all") / "arch").read_text() == wanted
    assert runtimes.added()["source"].endswith(f"@{index['digest']}")
    assert (runtimes.add("--layout", f"{layout.path}:all", "--architecture", "arm64") / "arch").read_text() == "arm64"
    assert "for linux/amd64, but for linux/arm64, linux/s390x" in runtimes.refusal(
        "--layout", f"{layout.path}:others", "--architecture", "x86_64")


def test_an_image_of_another_machine_is_refused(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP), architecture="s390x"))
    assert "is for linux/s390x" in runtimes.refusal("--layout", layout.path)


@pytest.mark.parametrize("compression", [["zstd", "-q"], ["cat"], ["gzip"]])
def test_layers_are_gzip_zstd_or_plain(runtimes, tmp_path, compression):
    def compress(data):
        return subprocess.run(compression, input=data, capture_output=True, check=True).stdout

    layout = Layout(tmp_path / "layout")
    kind = {"zstd": "tar+zstd", "cat": "tar", "gzip": "tar+gzip"}[compression[0]]
    layout.add(layout.image(tar(BOOTSTRAP), tar(entry("file", "text" * 100_000)), compress=compress, kind=kind))
    assert (runtimes.add("--layout", layout.path) / "file").read_text() == "text" * 100_000


def test_dockers_own_formats_are_read(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    layer = tar(BOOTSTRAP, entry("file", "x"))
    config = {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [digest(layer)]}}
    manifest = {
        "schemaVersion": 2, "mediaType": f"{DOCKER}.distribution.manifest.v2+json",
        "config": layout.blob(config, f"{DOCKER}.container.image.v1+json"),
        "layers": [layout.blob(layer, f"{DOCKER}.image.rootfs.diff.tar")]}
    listed = layout.blob(manifest, manifest["mediaType"], platform={"os": "linux", "architecture": "amd64"})
    manifests = {"schemaVersion": 2, "mediaType": f"{DOCKER}.distribution.manifest.list.v2+json", "manifests": [listed]}
    layout.add(layout.blob(manifests, manifests["mediaType"]))
    assert (runtimes.add("--layout", layout.path, "--architecture", "x86_64") / "file").exists()


def test_damaged_blobs_are_refused(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    image = layout.image(tar(BOOTSTRAP), config=None)
    layout.add(image)
    manifest = json.loads(layout.file(image["digest"]).read_text())
    for described in (manifest["layers"][0], manifest["config"], image):
        file = layout.file(described["digest"])
        good = file.read_bytes()
        file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        assert "has the digest" in runtimes.refusal("--layout", layout.path)
        file.unlink()
        assert f"lacks the blob {described['digest']}" in runtimes.refusal("--layout", layout.path)
        file.write_bytes(good)
    runtimes.add("--layout", layout.path)


@pytest.mark.parametrize(("changed", "reason"), [
    ({"schemaVersion": 1, "fsLayers": []}, "schema 1"),
    ({"layers": None}, "neither an image's nor a list"),
    ({"manifests": []}, "neither an image's nor a list"),
    ({"layers": [{"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "digest": "sha256:" + "0" * 64, "size": 1}]},
     "no image of a root file system"),
    ({"layers": [{"mediaType": f"{OCI}.layer.v1.tar", "digest": "sha256:../../../../etc/passwd", "size": 1}]}, "cannot be understood"),
    ({"layers": [{"mediaType": f"{OCI}.layer.v1.tar", "digest": "sha512:" + "0" * 128, "size": 1}]}, "SHA-256"),
    ({"layers": [{"mediaType": f"{OCI}.layer.v1.tar", "digest": "sha256:" + "0" * 64, "size": 1 << 40}]}, "at most"),
    ({"layers": [{"mediaType": f"{OCI}.layer.v1.tar", "digest": "sha256:" + "0" * 64, "size": -1}]}, "negative"),
    ({"layers": [{"mediaType": f"{OCI}.layer.v1.tar", "digest": "sha256:" + str(size) * 64, "size": size << 30} for size in (6, 5, 0)]},
     "have more than"),
    ({"layers": []}, "its configuration names 1"),
])
def test_strange_manifests_are_refused(runtimes, tmp_path, changed, reason):
    layout = Layout(tmp_path / "layout")
    manifest = json.loads(layout.file(layout.image(tar(BOOTSTRAP))["digest"]).read_text()) | changed
    manifest = {name: value for name, value in manifest.items() if value is not None}
    layout.add(layout.blob(manifest, f"{OCI}.manifest.v1+json"))
    assert reason in runtimes.refusal("--layout", layout.path)


def test_a_folder_that_is_no_layout_is_refused(runtimes, tmp_path):
    assert "there is no folder" in runtimes.refusal("--layout", tmp_path / "nothing")
    assert "no file oci-layout" in runtimes.refusal("--layout", tmp_path)


def test_an_image_without_the_runtime_is_refused(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(entry("var/lang/bin/python3.12", "x", mode=0o755))))
    assert "has no program /var/runtime/bootstrap" in runtimes.refusal("--layout", layout.path)
    # A provided runtime's functions bring theirs.
    runtimes.add("--layout", layout.path, runtime="provided.al2023")
    assert "has no program /var/runtime/bootstrap" in runtimes.refusal("--layout", layout.path)


PYTHON = [entry("var/lang/bin/python3.12", mode=0o755)]
PYTHON_PATCH = [*PYTHON, entry("var/lang/include/python3.12/patchlevel.h", '#define PY_VERSION      \t"3.12.9+"\n')]
NODE = [entry("var/lang/bin/node", mode=0o755), entry("var/lang/include/node/node_version.h", (
    "#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 19\n#define NODE_PATCH_VERSION 2\n"))]
RUBY = [entry("var/lang/bin/ruby", mode=0o755), entry("var/lang/lib/libruby.so.3.3.8"), symlink("var/lang/lib/libruby.so.3.3", "x")]
RUBY_STATIC = [entry("var/lang/bin/ruby", mode=0o755), entry("var/lang/lib/ruby/3.3.0/set.rb"), entry("var/lang/lib/ruby/gems/x")]
JAVA = [entry("var/lang/bin/java", mode=0o755), entry("var/lang/release", 'IMPLEMENTOR="Amazon"\nJAVA_VERSION="17.0.15"\n')]


@pytest.mark.parametrize(("runtime", "files", "version", "other"), [
    ("python3.12", PYTHON, "3.12", "python3.13"), ("python3.12", PYTHON_PATCH, "3.12.9", "python3.11"),
    ("python3.12", [entry("var/lang/bin/python3.9", mode=0o755), *PYTHON, entry("var/lang/bin/python3.13", mode=0o755)], "3.12", None),
    ("nodejs20.x", NODE, "20.19.2", "nodejs22.x"), ("ruby3.3", RUBY, "3.3.8", "ruby3.4"), ("ruby3.3", RUBY_STATIC, "3.3", "ruby3.4"),
    ("java17", JAVA, "17.0.15", "java21"),
])
def test_an_image_of_another_version_is_taken_with_a_warning(runtimes, tmp_path, runtime, files, version, other):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP, *files)))
    done = runtimes.run("--layout", layout.path, runtime=runtime)
    assert (done.returncode, done.stderr) == (0, "")
    assert runtimes.added(runtime)["version"] == version
    if other:
        done = runtimes.run("--layout", layout.path, runtime=other)
        assert done.returncode == 0 and f"warning: {other} will run with" in done.stderr and f" {version}: what differs" in done.stderr
        assert runtimes.added(other)["version"] == version
        listed = subprocess.run([runtimes.lamina, "runtimes", "--format", "json"], capture_output=True, check=True, text=True).stdout
        item = next(item for item in json.loads(listed)["runtimes"] if item["runtime"] == other)
        assert item["version"] == version and item["note"].endswith("; another version than the runtime's")


def test_an_image_of_another_language_is_refused(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP, *PYTHON)))
    assert "has Python, and nodejs20.x needs Node.js" in runtimes.refusal("--layout", layout.path, runtime="nodejs20.x")
    runtimes.add("--layout", layout.path)
    assert "has Python, and java17 needs Java" in runtimes.refusal("--layout", layout.path, runtime="java17")
    # What is at /var/lang may lie elsewhere, and then nobody knows.
    layout.add(layout.image(tar(BOOTSTRAP)), "bare")
    assert "does not tell its version" in runtimes.run("--layout", f"{layout.path}:bare").stderr


def test_an_image_that_has_gone_is_listed_as_missing(runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP, *PYTHON)))
    shutil.rmtree(runtimes.add("--layout", layout.path))
    listed = subprocess.run([runtimes.lamina, "runtimes", "--format", "json"], capture_output=True, check=True, text=True).stdout
    item = next(item for item in json.loads(listed)["runtimes"] if item["runtime"] == "python3.12")
    assert item["state"] == "missing" and "add the runtime again" in item["note"] and "path" not in item


def test_a_root_file_system_is_used_where_it_is(runtimes, tmp_path):
    root = busybox_root(tmp_path / "root", **{"var/runtime/bootstrap": "#!/bin/sh\n"})
    before = sorted(root.rglob("*"))
    assert runtimes.add("--rootfs", "root", cwd=tmp_path) == root
    assert runtimes.added()["source"] == str(root)
    assert sorted(root.rglob("*")) == before


def test_a_root_file_system_that_cannot_serve_is_refused(runtimes, tmp_path):
    assert "there is no folder" in runtimes.refusal("--rootfs", tmp_path / "nothing")
    assert "all of this machine" in runtimes.refusal("--rootfs", "/", runtime="provided.al2023")
    assert "has no program" in runtimes.refusal("--rootfs", tmp_path)
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "etc").symlink_to("usr/etc")
    assert "/etc" in runtimes.refusal("--rootfs", linked, runtime="provided.al2023")


def test_the_command_line_is_judged(runtimes, tmp_path):
    assert "one of --interpreter, --image, --layout and --rootfs" in runtimes.refusal()
    assert "only one of" in runtimes.refusal("--layout", tmp_path, "--rootfs", tmp_path)
    assert "no architecture is called 'riscv'" in runtimes.refusal("--image", "x", "--architecture", "riscv")
    assert "no runtime is called" in runtimes.refusal("--rootfs", tmp_path, runtime="python9")
    assert "no image's reference" in runtimes.refusal("--image", "some/UPPER")
