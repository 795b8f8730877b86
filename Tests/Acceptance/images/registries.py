"""Debian's docker-registry on a free port, and a registry of the tests that does what that one does not."""

import base64
import contextlib
import http.server
import json
import pathlib
import re
import subprocess
import threading
import time
import urllib.parse

from image_layouts import run

# user:secret, as htpasswd -B writes it.
HTPASSWD = "user:$2y$05$txNMCCkfvNc65zO0KlRYoecQesb45b8TPbiFH55bTKl.qfOal8XtS\n"


def write_login(folder, registry, user="user", password="secret", **others):
    """What `docker login` writes."""
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"auths": {registry: {"auth": auth}}} | others))


@contextlib.contextmanager
def serving(handler):
    """A server on a free port while the block runs; `host:port`."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Registry:
    """Debian's docker-registry with its files in a folder."""

    def __init__(self, folder, auth=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        config = {
            "version": "0.1", "log": {"level": "info", "formatter": "text"}, "http": {"addr": "127.0.0.1:0", "secret": "secret"},
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "files")}},
        } | ({"auth": auth} if auth else {})
        # JSON is YAML.
        (self.folder / "config.yml").write_text(json.dumps(config))

    def __enter__(self):
        self.log = open(self.folder / "log", "w")
        self.process = subprocess.Popen(
            ["docker-registry", "serve", self.folder / "config.yml"], stdout=self.log, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            self.log.write(line)
            if found := re.search(r"listening on (127\.0\.0\.1:\d+)", line):
                self.host = found[1]
                break
        else:
            raise AssertionError(f"docker-registry did not start: {(self.folder / 'log').read_text()}")
        # Read on, or it would wait for a reader.
        self.reader = threading.Thread(target=lambda: self.log.writelines(self.process.stderr), daemon=True)
        self.reader.start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.reader.join()
        self.process.stderr.close()
        self.log.close()

    def push(self, operand, name, *options):
        """Copies an image of a layout into the registry; its reference there."""
        reference = f"{self.host}/{name}"
        run("skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", *options, f"oci:{operand}", f"docker://{reference}")
        return reference

    def inspect(self, reference, *options):
        return json.loads(run("skopeo", "inspect", "--tls-verify=false", *options, f"docker://{reference}"))

    def blob_file(self, digest):
        name = digest.removeprefix("sha256:")
        return self.folder / f"files/docker/registry/v2/blobs/sha256/{name[:2]}/{name}/data"

    def requests(self):
        """Paths of the requests so far."""
        self.log.flush()
        return re.findall(r'"(?:GET|HEAD) (\S+) HTTP', (self.folder / "log").read_text())


def encoded(data):
    data = json.dumps(data).encode() if isinstance(data, dict) else data
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class QuietHandler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Served:
    """What serves requests while it is entered, at `host`."""

    def open(self, handler):
        self.context = serving(handler)
        self.host = self.context.__enter__()
        return self

    def __exit__(self, *error):
        self.context.__exit__(*error)


class TokenServer(Served):
    """The token server of a registry (distribution: "Token Authentication Specification"): for `user:secret`, or for anybody."""

    def __init__(self, folder, lets_anybody=False):
        self.folder, self.lets_anybody = pathlib.Path(folder), lets_anybody
        self.folder.mkdir(parents=True)
        self.requests = []
        self.key, self.certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.certificate, "-subj", "/CN=tests")

    @property
    def auth(self):
        return {"token": {"realm": f"http://{self.host}/token", "service": "the registry", "issuer": "tests",
                          "rootcertbundle": str(self.certificate)}}

    def __enter__(self):
        outer = self

        class Handler(QuietHandler):
            def do_GET(self):
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                authorization = self.headers.get("Authorization")
                outer.requests.append(("GET", query, authorization))
                login = "Basic " + base64.b64encode(b"user:secret").decode()
                self.answer(query, authorization == login or (outer.lets_anybody and not authorization))

            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                outer.requests.append(("POST", form, self.headers.get("Authorization")))
                self.answer(form, form["grant_type"] == ["refresh_token"] and form["refresh_token"] == ["refresh"])

            def answer(self, query, is_let_in):
                body = json.dumps({"token": outer.token(query["scope"][0])} if is_let_in else {"errors": []}).encode()
                self.send_response(200 if is_let_in else 401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return self.open(Handler)

    def token(self, scope):
        kind, name, actions = scope.split(":")
        der = subprocess.run(["openssl", "x509", "-in", self.certificate, "-outform", "DER"], capture_output=True, check=True).stdout
        now = int(time.time())
        head = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(der).decode()]}
        claims = {"iss": "tests", "sub": "user", "aud": "the registry", "exp": now + 300, "nbf": now - 10, "iat": now, "jti": "1",
                  "access": [{"type": kind, "name": name, "actions": actions.split(",")}]}
        text = f"{encoded(head)}.{encoded(claims)}"
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self.key], input=text.encode(), capture_output=True, check=True).stdout
        return f"{text}.{encoded(signature)}"


class LayoutRegistry(Served):
    """Serves a layout's manifests and blobs, with whatever trouble a test wants: `trouble(handler, digest)` may answer itself."""

    def __init__(self, layout, trouble=None):
        self.layout, self.trouble = layout, trouble
        self.requests = []

    def __enter__(self):
        outer = self

        class Handler(QuietHandler):
            def do_GET(self):
                kind, name = self.path.rsplit("/", 2)[1:]
                outer.requests.append((kind, name, dict(self.headers)))
                if outer.trouble and outer.trouble(self, name):
                    return
                entries = {entry["annotations"]["org.opencontainers.image.ref.name"]: entry for entry in outer.layout.entries}
                file = outer.layout.file(entries[name]["digest"] if name in entries else name)
                if not file.exists():
                    return self.answer(404, b"{}")
                body = file.read_bytes()
                is_manifest = kind == "manifests"
                self.answer(200, body, **({"Content-Type": json.loads(body)["mediaType"]} if is_manifest else {}))

            def answer(self, status, body=b"", **headers):
                self.send_response(status)
                for header, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(body)
                return True

        return self.open(Handler)

    @property
    def blobs(self):
        """Digests of the blobs that were asked for."""
        return [name for kind, name, _ in self.requests if kind == "blobs"]
