"""Wheels from a server that fails in the middle, as networks do."""

import base64
import hashlib
import http.server
import io
import os
import re
import subprocess
import threading
import zipfile

import pytest
from building import build, report


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        content, start, status = server.content, 0, 200
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if server.knows_ranges and asked and self.headers.get("If-Range", server.tag) == server.tag:
            start, status = int(asked[1]), 206
        with server.lock:
            server.requests.append((self.headers.get("Range"), self.headers.get("If-Range"), status))
            cut = server.cuts > 0
            server.cuts -= cut
        self.send_response(status)
        self.send_header("ETag", server.tag)
        self.send_header("Content-Length", str(len(content) - start))
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        rest = content[start:]
        self.wfile.write(rest[: len(rest) // 2] if cut else rest)
        if cut:
            self.close_connection = True

    def log_message(self, *_):
        pass


def wheel():
    """A wheel of 4 MB that do not compress."""
    files = {
        "pkg.py": b"VALUE = 1\n", "pkg.bin": hashlib.shake_128(b"seed").digest(4 << 20),
        "pkg-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n",
        "pkg-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for name, data in files.items())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (files | {"pkg-1.0.dist-info/RECORD": (record + "pkg-1.0.dist-info/RECORD,,\n").encode()}).items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


@pytest.fixture
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.content, server.tag, server.requests, server.lock = wheel(), '"first"', [], threading.Lock()
    server.knows_ranges, server.cuts = True, 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def arguments(server, tmp_path):
    lock = tmp_path / "pylock.toml"
    digest = hashlib.sha256(server.content).hexdigest()
    url = f"http://127.0.0.1:{server.server_address[1]}/pkg-1.0-py3-none-any.whl"
    lock.write_text(
        f'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "pkg"\nversion = "1.0"\n'
        f'wheels = [{{ url = "{url}", hashes = {{ sha256 = "{digest}" }} }}]\n')
    return lock, "--runtime", "python3.12", "--bytecode", "no", "--output", tmp_path / "layer.zip"


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def environment(cache):
    return os.environ | {"LAMINA_CACHE_DIR": str(cache)}


def wheels(cache):
    return [path.name for path in cache.rglob("*.whl")]


def check(tmp_path, cache):
    archive = zipfile.ZipFile(tmp_path / "layer.zip")
    assert archive.testzip() is None
    assert archive.read("python/pkg.bin") == hashlib.shake_128(b"seed").digest(4 << 20)
    assert not list((cache / "partial").iterdir())


def test_a_cut_download_goes_on_where_it_ended(lamina, server, arguments, cache, environment, tmp_path):
    server.cuts = 2
    report(lamina, *arguments, env=environment)
    half = len(server.content) // 2
    three_quarters = half + (len(server.content) - half) // 2
    assert server.requests == [
        (None, None, 200), (f"bytes={half}-", '"first"', 206), (f"bytes={three_quarters}-", '"first"', 206)]
    check(tmp_path, cache)


def test_a_server_without_ranges_sends_the_whole_again(lamina, server, arguments, cache, environment, tmp_path):
    server.knows_ranges, server.cuts = False, 1
    report(lamina, *arguments, env=environment)
    assert [status for _, _, status in server.requests] == [200, 200]
    check(tmp_path, cache)


def test_the_next_run_goes_on_and_no_half_file_has_the_final_name(lamina, server, arguments, cache, environment, tmp_path):
    server.cuts = 100
    done = build(lamina, *arguments, env=environment)
    assert done.returncode == 1 and "cannot download" in done.stderr
    assert wheels(cache) == []
    server.cuts, tried = 0, len(server.requests)
    assert tried == 4
    report(lamina, *arguments, env=environment)
    assert [status for _, _, status in server.requests[tried:]] == [206]
    check(tmp_path, cache)


def test_a_beginning_of_another_file_is_thrown_away(lamina, server, arguments, cache, environment, tmp_path):
    (cache / "partial").mkdir(parents=True)
    (cache / "partial" / hashlib.sha256(server.content).hexdigest()).write_bytes(b"damaged" * 1000)
    report(lamina, *arguments, env=environment)
    assert [status for _, _, status in server.requests] == [206, 200]
    check(tmp_path, cache)


def test_a_file_that_is_another_than_the_lock_says_is_refused(lamina, server, arguments, cache, environment, tmp_path):
    server.content = server.content[:-1] + b"x"
    done = build(lamina, *arguments, env=environment)
    assert done.returncode == 1 and "is expected" in done.stderr
    assert wheels(cache) == [] and not (tmp_path / "layer.zip").exists()


def test_parallel_builds_share_a_cache(lamina, server, arguments, cache, environment, tmp_path):
    *rest, _ = arguments
    outputs = [tmp_path / f"{number}.zip" for number in range(4)]
    builds = [subprocess.Popen([lamina, "build", *map(str, rest), str(output)], env=environment, stderr=subprocess.PIPE) for output in outputs]
    for running in builds:
        assert running.communicate()[1] is not None and running.returncode == 0
    assert len({output.read_bytes() for output in outputs}) == 1
    assert wheels(cache) == ["pkg-1.0-py3-none-any.whl"]
    assert not list((cache / "partial").iterdir())
