"""A registry of npm packages that a test makes up, on loopback."""

import base64
import hashlib
import http.server
import io
import json
import tarfile
import threading
import urllib.parse


def tarball(manifest, files):
    """A package's tarball: `package.json` and files by path, texts or (text, mode)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for path, content in ({"package.json": json.dumps(manifest)} | files).items():
            text, mode = content if isinstance(content, tuple) else (content, 0o644)
            data = text if isinstance(text, bytes) else text.encode()
            member = tarfile.TarInfo(f"package/{path}")
            member.size, member.mode = len(data), mode
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


class Registry:
    def __init__(self):
        self.packuments, self.tarballs, self.requests = {}, {}, []
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path = urllib.parse.unquote(self.path).lstrip("/")
                registry.requests.append(path)
                body = registry.tarballs.get(path)
                if body is None and path in registry.packuments:
                    body = json.dumps(registry.packuments[path]).encode()
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"{}")))
                self.end_headers()
                self.wfile.write(body or b"{}")

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def add(self, name, version="1.0.0", files=None, **manifest):
        manifest = {"name": name, "version": version} | manifest
        data = tarball(manifest, files or {"index.js": f"module.exports = '{name} {version}'\n"})
        path = f"{name}/-/{name.split('/')[-1]}-{version}.tgz"
        self.tarballs[path] = data
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
        packument = self.packuments.setdefault(name, {"name": name, "dist-tags": {}, "versions": {}})
        packument["dist-tags"]["latest"] = version
        packument["versions"][version] = manifest | {
            "dist": {"tarball": self.url + path, "integrity": integrity},
            **({"hasInstallScript": True} if set(manifest.get("scripts", {})) & {"install", "postinstall", "preinstall"} else {})}
        return integrity

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
