"""Images in folders, and root file systems that are used where they are."""

import json
import subprocess

import pytest
from image_layouts import BOOTSTRAP, DOCKER, OCI, Layout, busybox_root, digest, entry, run, tar


def test_the_image_is_named_by_its_tag(runtimes, tmp_path):
    layout = Layout(tmp_path / "with:colon")
    layout.add(layout.image(tar(BOOTSTRAP, entry("one", "1"))), "one").add(layout.image(tar(BOOTSTRAP, entry("two", "2"))), "v2.0")
    assert (runtimes.add("--layout", f"{layout.path}:v2.0") / "two").read_text() == "2"
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
    assert {path.name for path in runtimes.images.iterdir()} == {".lock", second.name}


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
    assert "--image, --layout or --rootfs" in runtimes.refusal()
    assert "only one of" in runtimes.refusal("--layout", tmp_path, "--rootfs", tmp_path)
    assert "no architecture is called 'riscv'" in runtimes.refusal("--image", "x", "--architecture", "riscv")
    assert "no runtime is called" in runtimes.refusal("--rootfs", tmp_path, runtime="python9")
    assert "no image's reference" in runtimes.refusal("--image", "some/UPPER")
