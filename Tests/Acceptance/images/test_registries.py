"""Images from registries: Debian's docker-registry, filled by skopeo, and one that makes trouble."""

import json
import os
import re

import pytest
from image_layouts import BOOTSTRAP, Layout, entry, run, tar
from registries import LayoutRegistry, Registry, write_login


@pytest.fixture
def registry(tmp_path):
    with Registry(tmp_path / "registry") as registry:
        yield registry


def layout_of(path, *layers, tag="latest", **options):
    layout = Layout(path)
    layout.add(layout.image(tar(BOOTSTRAP, *layers[0]), *(tar(*layer) for layer in layers[1:]), **options), tag)
    return layout


def test_an_image_is_pulled_by_its_tag_and_by_its_digest(registry, runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    reference = registry.push(f"{layout.path}:latest", "team/python:3.12")
    name = layout.entries[0]["digest"]
    assert (runtimes.add("--image", reference) / "file").read_text() == "1"
    assert runtimes.added()["source"] == f"{reference}@{name}"
    runtimes.add("--image", f"{registry.host}/team/python@{name}", runtime="python3.13")
    assert runtimes.added("python3.13") == {"source": f"{registry.host}/team/python@{name}", "folder": str(runtimes.root())}


@pytest.mark.parametrize(("options", "kind"), [
    (["--format", "v2s2"], "docker.image.rootfs.diff.tar.gzip"), (["--dest-compress-format", "zstd", "--dest-compress"], "layer.v1.tar+zstd"),
    (["--preserve-digests"], "layer.v1.tar"), ([], "layer.v1.tar+gzip"),
])
def test_whatever_skopeo_pushes_is_pulled(registry, runtimes, tmp_path, options, kind):
    compression = {"compress": bytes, "kind": "tar"} if kind.endswith(".tar") else {}
    layout = layout_of(tmp_path / "layout", [entry("file", "1")], [entry("file", "2" * 10_000)], **compression)
    reference = registry.push(f"{layout.path}:latest", "image", *options)
    assert all(layer["mediaType"].endswith(kind) for layer in registry.inspect(reference, "--raw")["layers"])
    assert (runtimes.add("--image", reference) / "file").read_text() == "2" * 10_000


def test_of_a_multi_platform_image_this_machines_is_pulled(registry, runtimes, tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.index(*(
        (arch, layout.image(tar(BOOTSTRAP, entry("arch", arch)), architecture=arch)) for arch in ("s390x", "arm64", "amd64"))))
    reference = registry.push(f"{layout.path}:latest", "image", "--all")
    assert (runtimes.add("--image", reference, "--architecture", "arm64") / "arch").read_text() == "arm64"
    assert (runtimes.add("--image", reference, "--architecture", "x86_64") / "arch").read_text() == "amd64"
    assert runtimes.added()["source"] == f"{reference}:latest@{layout.entries[0]['digest']}"


def test_layers_that_are_here_already_are_not_fetched_again(runtimes, tmp_path):
    base = [entry("base", os.urandom(100_000))]
    layout = layout_of(tmp_path / "layout", base, [entry("one", "1")], tag="one")
    layout.add(layout.image(tar(BOOTSTRAP, *base), tar(entry("two", "2"))), "two")
    with LayoutRegistry(layout) as registry:
        runtimes.add("--image", f"{registry.host}/image:one")
        first = set(registry.blobs)
        runtimes.add("--image", f"{registry.host}/image:two")
        second = registry.blobs[len(first):]
        assert len(first) == 3 and len(second) == 2 and not first & set(second)
        # And of an image that is unpacked, only the manifest is asked for.
        runtimes.add("--image", f"{registry.host}/image:two", runtime="python3.13")
        assert len(registry.blobs) == 5


def test_a_layer_that_is_in_an_image_twice_is_fetched_once(runtimes, tmp_path):
    twice = [entry("a/.wh.b"), entry("file", "1")]
    layout = layout_of(tmp_path / "layout", [entry("base", "1")], twice, [entry("a/b", "2")], twice)
    with LayoutRegistry(layout) as registry:
        root = runtimes.add("--image", f"{registry.host}/image")
        assert sorted(registry.blobs) == sorted(set(registry.blobs)) and len(registry.blobs) == 4
    assert (root / "file").exists() and not (root / "a/b").exists()


def test_a_blob_that_the_disk_has_lost_is_fetched_again(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    with LayoutRegistry(layout) as registry:
        root = runtimes.add("--image", f"{registry.host}/image")
        run("rm", "-r", root)
        for blob in (runtimes.home / "cache/image-blobs").glob("?" * 64):
            blob.write_bytes(b"rotten")
        assert (runtimes.add("--image", f"{registry.host}/image") / "file").read_text() == "1"


def test_a_corrupted_blob_is_refused(registry, runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    reference = registry.push(f"{layout.path}:latest", "image:1")
    layer = registry.inspect(reference, "--raw")["layers"][0]["digest"]
    file = registry.blob_file(layer)
    good = file.read_bytes()
    file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    refusal = runtimes.refusal("--image", reference)
    assert "has the SHA-256" in refusal and layer.removeprefix("sha256:") in refusal
    file.write_bytes(good)
    assert (runtimes.add("--image", reference) / "file").exists()


def test_a_manifest_of_another_digest_is_refused(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    good = layout.entries[0]["digest"]
    other = layout.image(tar(BOOTSTRAP, entry("evil", "1")))["digest"]
    body = layout.file(other).read_bytes()

    def swapped(handler, name):
        if name in (good, "told"):
            headers = {"Docker-Content-Digest": good} if name == "told" else {}
            return handler.answer(200, body, **headers)

    with LayoutRegistry(layout, swapped) as registry:
        for reference in (f"image@{good}", "image:told"):
            assert f"has the digest {other}, but {good} is expected" in runtimes.refusal("--image", f"{registry.host}/{reference}")


def test_a_blob_of_another_size_is_refused(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    manifest = json.loads(layout.file(layout.entries[0]["digest"]).read_text())
    for difference in (1, -1):
        wrong = json.loads(json.dumps(manifest))
        wrong["layers"][0]["size"] += difference
        layout.add(layout.blob(wrong, wrong["mediaType"]), f"wrong{difference}")
    with LayoutRegistry(layout) as registry:
        assert "more than" in runtimes.refusal("--image", f"{registry.host}/image:wrong-1")
        assert "but its manifest says" in runtimes.refusal("--image", f"{registry.host}/image:wrong1")


def test_a_download_goes_on_where_it_was_cut(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", os.urandom(1 << 20))])
    layer = json.loads(layout.file(layout.entries[0]["digest"]).read_text())["layers"][0]
    body = layout.file(layer["digest"]).read_bytes()
    cut = []

    def cutting(handler, name):
        if name != layer["digest"]:
            return False
        if not cut:
            cut.append(name)
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            handler.send_header("ETag", '"same"')
            handler.end_headers()
            handler.wfile.write(body[:500_000])
            handler.wfile.flush()
            handler.connection.close()
            return True
        start = int(re.fullmatch(r"bytes=(\d+)-", handler.headers["Range"])[1])
        return handler.answer(206, body[start:], **{"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}", "ETag": '"same"'})

    with LayoutRegistry(layout, cutting) as registry:
        runtimes.add("--image", f"{registry.host}/image")
        again = [headers for kind, name, headers in registry.requests if name == layer["digest"]][1]
        assert int(re.fullmatch(r"bytes=(\d+)-", again["Range"])[1]) > 0


def test_a_registry_that_is_busy_is_asked_again(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    refused = []

    def busy(handler, name):
        if name not in refused:
            refused.append(name)
            return handler.answer(503 if len(refused) % 2 else 429)

    with LayoutRegistry(layout, busy) as registry:
        runtimes.add("--image", f"{registry.host}/image")
        assert len(refused) == 3


def test_blobs_are_fetched_from_where_the_registry_sends(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    with LayoutRegistry(layout) as storage:
        def elsewhere(handler, name):
            if handler.headers.get("Authorization") != "Basic dXNlcjpzZWNyZXQ=":
                return handler.answer(401, **{"WWW-Authenticate": 'Basic realm="tests"'})
            if "/blobs/" in handler.path:
                return handler.answer(307, Location=f"http://{storage.host}{handler.path}")

        with LayoutRegistry(layout, elsewhere) as registry:
            write_login(runtimes.home / "docker", registry.host)
            assert (runtimes.add("--image", f"{registry.host}/image") / "file").exists()
        assert len(storage.blobs) == 2
        assert not [headers for _, _, headers in storage.requests if "Authorization" in headers]


def test_no_credentials_go_to_whom_the_registry_sends(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    challenge = {"WWW-Authenticate": 'Basic realm="tests"'}
    with LayoutRegistry(layout, lambda handler, _: handler.answer(401, **challenge)) as other:
        for kind in ("manifests", "blobs"):
            def elsewhere(handler, name):
                if handler.headers.get("Authorization") != "Basic dXNlcjpzZWNyZXQ=":
                    return handler.answer(401, **challenge)
                if f"/{kind}/" in handler.path:
                    return handler.answer(307, Location=f"http://{other.host}{handler.path}")

            with LayoutRegistry(layout, elsewhere) as registry:
                write_login(runtimes.home / "docker", registry.host, credHelpers={other.host: "no-such-helper"})
                refusal = runtimes.refusal("--image", f"{registry.host}/image")
            assert "sends on to 127.0.0.1, which answers with status 401" in refusal
        assert other.requests and not [headers for _, _, headers in other.requests if "Authorization" in headers]


def test_the_registrys_own_words_are_told(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    blob = json.loads(layout.file(layout.entries[0]["digest"]).read_text())["config"]["digest"]
    body = json.dumps({"errors": [{"code": "DENIED", "message": "quota \x1b[31mreached\n", "detail": {}}, {"code": "OTHER"}]}).encode()
    for wanted in ("latest", blob):
        with LayoutRegistry(layout, lambda handler, name: handler.answer(403, body) if name == wanted else None) as registry:
            refusal = runtimes.refusal("--image", f"{registry.host}/image")
        assert "answers with status 403: quota  [31mreached ; OTHER" in refusal
        assert refusal.count("docker login") == 1


def test_redirections_come_to_an_end(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    with LayoutRegistry(layout, lambda handler, _: handler.answer(307, Location=handler.path)) as registry:
        assert "answers with status 307" in runtimes.refusal("--image", f"{registry.host}/image")
        assert len(registry.requests) < 20


def test_what_is_not_there_is_said(registry, runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    registry.push(f"{layout.path}:latest", "image:1")
    assert "has no image" in runtimes.refusal("--image", f"{registry.host}/image:2")
    assert "has no image" in (refusal := runtimes.refusal("--image", f"{registry.host}/other:1")) and "status 404: manifest unknown" in refusal
    host = registry.host
    registry.process.terminate()
    registry.process.wait()
    assert f"cannot reach {host}" in runtimes.refusal("--image", f"{host}/image:1")


def test_a_manifest_without_end_is_refused(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    with LayoutRegistry(layout, lambda handler, _: handler.answer(200, b" " * (5 << 20))) as registry:
        assert "more than 4194304 bytes" in runtimes.refusal("--image", f"{registry.host}/image")


def test_what_is_no_manifest_is_refused(runtimes, tmp_path):
    layout = layout_of(tmp_path / "layout", [entry("file", "1")])
    with LayoutRegistry(layout, lambda handler, _: handler.answer(200, b"<html>")) as registry:
        assert "cannot be understood" in runtimes.refusal("--image", f"{registry.host}/image")
