"""Servers of Lambda's API that the client's verbs are tried against, and a stub that misbehaves as told."""

import http.server
import json
import os
import re
import subprocess
import threading

import boto3
from botocore.config import Config

KEY = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}


def clean_environment(**settings):
    """This process's environment without anything of its own AWS settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nothing = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"}
    return kept | nothing | settings


class Verbs:
    """Runs lamina's verbs in an environment."""

    def __init__(self, lamina, environment, folder):
        self.lamina = lamina
        self.environment = environment
        self.folder = folder

    def run(self, *arguments, **environment):
        """The finished process."""
        return subprocess.run(
            [self.lamina, *map(str, arguments)], capture_output=True, text=True, env=self.environment | environment, cwd=self.folder)

    def __call__(self, *arguments, **environment):
        """The text of a verb that succeeds."""
        done = self.run(*arguments, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *arguments, **environment):
        return json.loads(self(*arguments, "--format", "json", **environment))


class Moto:
    """moto's server on a free port."""

    def __enter__(self):
        self.process = subprocess.Popen(["moto_server", "-p", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.url = found[0]
                # Its log is read to the end, or it would stand still one day.
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return self
        raise AssertionError("moto_server did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)

    @property
    def environment(self):
        return clean_environment(AWS_ENDPOINT_URL=self.url, **KEY)

    def client(self, service, **config):
        return boto3.Session().client(
            service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing",
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **config))


class Stub:
    """A server that answers each request by a function of (stub, handler) to (status, headers, body), and remembers all requests."""

    def __init__(self, answer):
        self.requests = []
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def respond(self):
                self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                stub.requests.append(self)
                status, headers, body = answer(stub, self)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = respond

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def environment(self):
        return clean_environment(AWS_ENDPOINT_URL=self.url, **KEY)
